package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import org.jspecify.annotations.Nullable;

/**
 * How many workers are wished for, whoever wishes it. What the Deployment is given follows it: up
 * at once, down as workers become empty.
 */
final class DesiredReplicas {

  private DesiredReplicas() {}

  /** The number, 0 or more. */
  static int of(WorkerGroup group, @Nullable AutoscalingStatus decided) {
    AutoscalingSpec autoscaling = group.getSpec().autoscaling();
    if (decided != null && autoscaling != null && !autoscaling.isDryRun()) {
      return decided.desired();
    }
    Integer replicas = group.getSpec().replicas();
    return replicas != null ? replicas : 1;
  }
}
