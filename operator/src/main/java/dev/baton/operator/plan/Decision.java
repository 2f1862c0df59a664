package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.rollout.Rollout;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is decided once for all that is done in one go: how many workers are wished for, and how far
 * a rollout is. What is done first may hide why it was decided so.
 *
 * @param autoscaling what autoscaling decides; null where the spec does not ask for it
 * @param wished 0 or more, whoever wishes it
 * @param rollout null where none is asked for or under way, and before the first plan
 */
public record Decision(
    @Nullable AutoscalingStatus autoscaling, int wished, @Nullable Rollout rollout) {

  static Decision of(WorkerGroup group, ObservedState observed, Instant now) {
    AutoscalingStatus autoscaling = Scaling.of(group, observed, now);
    return new Decision(autoscaling, DesiredReplicas.of(group, autoscaling), null);
  }

  Decision with(Rollout state) {
    return new Decision(autoscaling, wished, state);
  }
}
