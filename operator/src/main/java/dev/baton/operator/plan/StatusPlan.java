package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.Figures;
import dev.baton.operator.plan.Conditions.Truth;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The status that tells what is. */
final class StatusPlan {

  /** So old the figures of an operator that works are at most. */
  static final Duration FIGURES_CONFIRMED_EVERY = Duration.ofMinutes(10);

  private StatusPlan() {}

  /**
   * The status.
   *
   * @param decision how many workers are wished for
   * @param rollout null where none is asked for or under way
   * @param deployment null if there is none that is ours
   * @param obstacle why the Deployment cannot be brought to what the spec says, if it cannot
   */
  static WorkerGroupStatus of(
      WorkerGroup group,
      ObservedState observed,
      Decision decision,
      @Nullable RolloutPlan rollout,
      @Nullable Deployment deployment,
      @Nullable Verdict obstacle,
      boolean applies,
      Instant now) {
    int wished = decision.wished();
    DeploymentStatus pods =
        rollout == null
            ? Verdicts.statusOf(deployment)
            : rollout.together(Verdicts.statusOf(deployment));
    Verdict rolling = rollout == null ? null : rollout.progressing();
    GroupFigures figures = figures(observed);
    List<Condition> before = observed.status().conditions();
    Verdict progressing =
        obstacle != null
            ? obstacle
            : rolling != null
                ? rolling
                : Verdicts.progressing(
                    wished,
                    deployment,
                    applies,
                    group.getSpec().isPaused(),
                    observed.workforce(),
                    now);
    Verdict available = Verdicts.available(wished, pods);
    Map<ConditionType, Verdict> verdicts = new LinkedHashMap<>();
    verdicts.put(ConditionType.Available, available);
    verdicts.put(ConditionType.Progressing, progressing);
    verdicts.put(ConditionType.ServerReachable, Verdicts.serverReachable(observed.server()));
    verdicts.put(
        ConditionType.Stuck,
        StuckWork.verdict(
            group, figures, wished, pods, observed.workforce().elsewhere(), before, now));
    verdicts.putAll(Summary.of(available, progressing));
    String contended =
        observed
            .around()
            .contention()
            .sentence(group.getMetadata().getName(), group.getSpec().autoscaling() != null, now);
    if (contended != null) {
      verdicts.put(
          ConditionType.ScalingContended,
          new Verdict(Truth.True, Reason.TwoAutoscalers, contended));
    }
    return WorkerGroupStatus.builder()
        .observedGeneration(group.getMetadata().getGeneration())
        .desiredReplicas(wished)
        .pods(Verdicts.count(pods.getReplicas()), Verdicts.count(pods.getReadyReplicas()))
        .figures(told(figures))
        .figuresTime(figuresTime(observed, figures, now))
        .slotsPerWorker(slotsSet(group, observed))
        .autoscaling(decision.autoscaling())
        .rollout(rollout == null ? null : rollout.status())
        .selector(Wiring.selectorText(group))
        .conditions(
            verdicts.entrySet().stream()
                .map(it ->
                    Conditions.of(
                        it.getKey(),
                        it.getValue(),
                        group.getMetadata().getGeneration(),
                        before,
                        now))
                .toList())
        .build();
  }

  private static Figures told(@Nullable GroupFigures figures) {
    return figures == null
        ? Figures.NONE
        : new Figures(
            figures.connectedWorkers(),
            figures.inFlight(),
            figures.ready(),
            (long) figures.oldestReadySeconds(),
            figures.suspended());
  }

  /** Moves with the figures, and now and then by itself: so it costs next to nothing. */
  private static @Nullable String figuresTime(
      ObservedState observed, @Nullable GroupFigures figures, Instant now) {
    if (figures == null) {
      return null;
    }
    String known = observed.status().figuresTime();
    boolean isFresh =
        known != null
            && now.isBefore(observed.statusWrittenAt().plus(FIGURES_CONFIRMED_EVERY))
            && told(figures).equals(observed.status().figures());
    return isFresh ? known : now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The verdict on a name that is somebody else's. */
  static Verdict nameTaken(WorkerGroup group, String owner) {
    return new Verdict(
        Truth.False,
        Reason.NameTaken,
        "Deployment %s exists and belongs to %s: rename the WorkerGroup or remove it"
            .formatted(group.getMetadata().getName(), owner));
  }

  /** The verdict on a template that Kubernetes refuses. */
  static Verdict templateRejected(String message) {
    return new Verdict(Truth.False, Reason.TemplateRejected, Verdicts.bounded(message));
  }

  /**
   * Whether two differ in more than what moves all the time: what the server tells, what
   * autoscaling remembers, and how conditions say in words what they say anyway.
   */
  static boolean differsBeyondFigures(WorkerGroupStatus a, WorkerGroupStatus b) {
    return !withoutFigures(a).equals(withoutFigures(b));
  }

  /**
   * Whether two differ in more than figures and how many pods there are and are ready: in what
   * somebody is to hear at once.
   */
  static boolean differsBeyondCounts(WorkerGroupStatus a, WorkerGroupStatus b) {
    return differsBeyondFigures(withoutCounts(a), withoutCounts(b));
  }

  /** The verdict on a Deployment that Kubernetes refuses: not every refusal is of the template. */
  static Verdict rejected(ObservedState.Rejected rejected) {
    return new Verdict(Truth.False, rejected.reason(), Verdicts.bounded(rejected.message()));
  }

  static @Nullable GroupFigures figures(ObservedState observed) {
    return observed.server() instanceof Sighting.Seen(GroupFigures figures) ? figures : null;
  }

  /** What this WorkerGroup has set at the server, remembered until it is taken back. */
  private static @Nullable Integer slotsSet(WorkerGroup group, ObservedState observed) {
    Integer before = observed.status().slotsPerWorker();
    GroupFigures figures = figures(observed);
    if (figures == null) {
      return before;
    }
    Integer wished = group.getSpec().slots();
    Integer there = figures.slotsPerWorker();
    if (wished != null && wished.equals(there) && observed.slotsDecider() == null) {
      return wished;
    }
    return before != null && before.equals(there) ? before : null;
  }

  private static WorkerGroupStatus withoutCounts(WorkerGroupStatus status) {
    return status.toBuilder().pods(null, null).build();
  }

  private static WorkerGroupStatus withoutFigures(WorkerGroupStatus status) {
    return status.toBuilder()
        .figures(Figures.NONE)
        .figuresTime(null)
        .autoscaling(withoutMemory(status.autoscaling()))
        .conditions(status.conditions().stream().map(StatusPlan::withoutWords).toList())
        .build();
  }

  private static Condition withoutWords(Condition condition) {
    return new ConditionBuilder(condition).withMessage("").build();
  }

  private static @Nullable AutoscalingStatus withoutMemory(@Nullable AutoscalingStatus status) {
    return status == null
        ? null
        : new AutoscalingStatus(
            status.desired(), status.reason(), status.lastScaleTime(), null, null, null, null);
  }
}
