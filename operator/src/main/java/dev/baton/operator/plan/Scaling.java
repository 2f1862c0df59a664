package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Autoscaling of a WorkerGroup: from what is observed to the {@link Autoscaler} and back. */
final class Scaling {

  private Scaling() {}

  /** What autoscaling decides now; null where the spec does not ask for it. */
  static @Nullable AutoscalingStatus of(WorkerGroup group, ObservedState observed, Instant now) {
    AutoscalingSpec spec = group.getSpec().autoscaling();
    return spec == null
        ? null
        : Autoscaler.decide(
            spec, demand(group, observed), observed.lastDecision(), running(group, observed), now);
  }

  /** When to look again though nothing happens; null if that is not needed. */
  static @Nullable Instant nextLook(WorkerGroup group, @Nullable AutoscalingStatus status) {
    AutoscalingSpec spec = group.getSpec().autoscaling();
    return spec == null || status == null ? null : Autoscaler.nextLook(spec, status);
  }

  /** Each decision is told, with its reason. */
  static List<Note> notes(
      WorkerGroup group, @Nullable AutoscalingStatus last, @Nullable AutoscalingStatus next) {
    AutoscalingSpec spec = group.getSpec().autoscaling();
    if (spec == null
        || next == null
        || next.lastScaleTime() == null
        || (last != null && Objects.equals(last.lastScaleTime(), next.lastScaleTime()))) {
      return List.of();
    }
    String number = next.desired() == 1 ? "1 worker" : next.desired() + " workers";
    String from = last == null ? "" : " instead of " + last.desired();
    return List.of(
        spec.isDryRun()
            ? Note.normal(
                Reason.AutoscalingDryRun,
                "Would wish for %s%s: %s".formatted(number, from, next.reason()))
            : Note.normal(
                Reason.Autoscaled, "Wishes for %s%s: %s".formatted(number, from, next.reason())));
  }

  private static @Nullable Demand demand(WorkerGroup group, ObservedState observed) {
    GroupFigures figures = StatusPlan.figures(observed);
    return figures == null
        ? null
        : new Demand(
            figures.ready(),
            figures.inFlight(),
            figures.oldestReadySeconds(),
            figures.meanServiceSeconds(),
            slots(group, figures));
  }

  /** What a worker takes at once: what it announced counts before the group's setting. */
  private static @Nullable Integer slots(WorkerGroup group, GroupFigures figures) {
    if (group.getSpec().slots() != null) {
      return group.getSpec().slots();
    }
    return figures.workers().isEmpty()
        ? figures.slotsPerWorker()
        : figures.workers().stream()
            .map(GroupFigures.Worker::slots)
            .filter(Objects::nonNull)
            .min(Integer::compare)
            .orElse(null);
  }

  private static int running(WorkerGroup group, ObservedState observed) {
    Deployment deployment = observed.deployment();
    Integer replicas =
        deployment != null ? deployment.getSpec().getReplicas() : group.getSpec().replicas();
    return replicas != null ? replicas : 1;
  }
}
