package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Autoscaling of a WorkerGroup: from what is observed to the {@link Autoscaler} and back. */
final class Scaling {

  private Scaling() {}

  /** So long without the server the number is one that somebody has chosen for it. */
  static final Duration FALLBACK_AFTER = Duration.ofMinutes(2);

  /** What autoscaling decides now; null where the spec does not ask for it. */
  static @Nullable AutoscalingStatus of(WorkerGroup group, ObservedState observed, Instant now) {
    AutoscalingSpec spec = group.getSpec().autoscaling();
    if (spec == null) {
      return null;
    }
    AutoscalingStatus last = observed.lastDecision();
    if (last != null && Windows.isPaused(group)) {
      return last;
    }
    AutoscalingSpec limits = Windows.at(spec, group, now);
    Integer fallback = spec.fallbackReplicas();
    Demand demand = demand(group, observed);
    AutoscalingStatus decided =
        Autoscaler.decide(
            limits,
            demand,
            answer -> share(answer, observed, group),
            last,
            running(group, observed),
            now);
    return demand == null && fallback != null && isLongUnseen(observed, now)
        ? Autoscaler.atLeast(limits, fallback, decided, now)
        : decided;
  }

  private static Demand.Answer share(
      Demand.Answer answer, ObservedState observed, WorkerGroup group) {
    int share =
        Sharing.of(answer.workers(), observed.around().peers(), group.getMetadata().getUid());
    return share == answer.workers()
        ? answer
        : new Demand.Answer(
            share,
            "%s; %d of the %d workers that this takes, by weight"
                .formatted(answer.why(), share, answer.workers()));
  }

  private static boolean isLongUnseen(ObservedState observed, Instant now) {
    Condition reachable =
        Conditions.find(observed.status().conditions(), ConditionType.ServerReachable);
    return reachable != null
        && Conditions.Truth.False.name().equals(reachable.getStatus())
        && !now.isBefore(Instant.parse(reachable.getLastTransitionTime()).plus(FALLBACK_AFTER));
  }

  /** When to look again though nothing happens; null if that is not needed. */
  static @Nullable Instant nextLook(
      WorkerGroup group, @Nullable AutoscalingStatus status, Instant now) {
    AutoscalingSpec spec = group.getSpec().autoscaling();
    if (spec == null || status == null || Windows.isPaused(group)) {
      return null;
    }
    Instant own = Autoscaler.nextLook(Windows.at(spec, group, now), status);
    Instant window = Windows.nextChange(spec, now);
    Instant up = Pace.next(spec.scaleUp(), time(status.lastScaleTime()));
    if (up != null && up.isAfter(now) && (own == null || up.isBefore(own))) {
      own = up;
    }
    return own == null || (window != null && window.isBefore(own)) ? window : own;
  }

  private static @Nullable Instant time(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null; // edited by hand
    }
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
            slots(group, figures),
            figures.waitingP95Seconds());
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
