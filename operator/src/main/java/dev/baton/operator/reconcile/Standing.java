package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.metrics.Stuck;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells the metrics how a WorkerGroup stands. */
final class Standing {

  private final OperatorMetrics metrics;

  Standing(OperatorMetrics metrics) {
    this.metrics = metrics;
  }

  void tell(WorkerGroup group, @Nullable AutoscalingStatus last, WorkerGroupStatus after) {
    String namespace = group.getMetadata().getNamespace();
    String name = group.getMetadata().getName();
    int desired = Objects.requireNonNullElse(after.desiredReplicas(), 0);
    metrics.standing(namespace, name, desired, stuck(after));
    AutoscalingSpec spec = group.getSpec().autoscaling();
    AutoscalingStatus next = after.autoscaling();
    if (spec != null && next != null && last != null && last.desired() != next.desired()) {
      metrics.decided(namespace, name, next.desired() > last.desired(), spec.isDryRun());
    }
  }

  private static Set<Stuck> stuck(WorkerGroupStatus status) {
    Set<Stuck> reasons = EnumSet.noneOf(Stuck.class);
    for (Condition condition : status.conditions()) {
      String is = condition.getType() + "=" + condition.getStatus();
      if (is.equals(ConditionType.Stuck + "=True")) {
        reasons.add(
            condition.getReason().equals(Reason.Poison.name())
                ? Stuck.POISON
                : Stuck.NO_WORKER_CONNECTED);
      } else if (is.equals(ConditionType.ServerReachable + "=False")) {
        reasons.add(Stuck.SERVER_UNREACHABLE);
      }
    }
    return reasons;
  }
}
