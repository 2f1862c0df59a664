package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many workers are wished for, decided once for all that is done in one go.
 *
 * @param autoscaling what autoscaling decides; null where the spec does not ask for it
 * @param wished 0 or more, whoever wishes it
 */
public record Decision(@Nullable AutoscalingStatus autoscaling, int wished) {

  static Decision of(WorkerGroup group, ObservedState observed, Instant now) {
    AutoscalingStatus autoscaling = Scaling.of(group, observed, now);
    return new Decision(autoscaling, DesiredReplicas.of(group, autoscaling));
  }
}
