package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.resources.BusyBudget;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.resources.DrainTime;
import dev.baton.operator.resources.Track;
import dev.baton.operator.resources.Upgrade;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.resources.WorkerDeployment;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides what is to be done for a WorkerGroup. */
public final class WorkerGroupPlanner {

  /**
   * Figures move all the time, and numbers of pods while some come or go; the status follows them,
   * but not more often than this. Where they come to rest a condition changes, which brings them
   * along at once.
   */
  static final Duration FIGURES_EVERY = Duration.ofSeconds(3);

  /** What was refused is tried again after so long: a quota may have been raised. */
  static final Duration REJECTED_RETRY = Duration.ofSeconds(20);

  /** Everything is looked at again after so long, whatever events were missed. */
  static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

  /** What is due already, and could not be done with what is seen, is looked at after so long. */
  static final Duration SOON = Duration.ofMillis(200);

  private WorkerGroupPlanner() {}

  /** The plan. */
  public static Plan plan(WorkerGroup group, ObservedState observed, Instant now) {
    return plan(group, observed, Decision.of(group, observed, now), now);
  }

  /**
   * The plan when some of it is done.
   *
   * @param observed with what came of it
   * @param decision of the plan before: what was decided is not decided again, from what it led to
   */
  public static Plan plan(
      WorkerGroup group, ObservedState observed, Decision decision, Instant now) {
    Deployment found = observed.deployment();
    String owner = found == null ? null : WorkerDeployment.takenBy(found, group);
    if (owner != null) {
      return plan(
          new Subject(group, observed, decision, null, null, now),
          null,
          ScaleIn.none(),
          Upgrade.NONE,
          StatusPlan.nameTaken(group, owner));
    }
    RolloutPlan rollout = RolloutPlan.of(group, observed, decision, found, now);
    Subject subject = new Subject(group, observed, decision, rollout, found, now);
    ScaleIn scaleIn = scaleIn(subject);
    return switch (observed
        .desired()
        .of(
            rollout == null ? group : rollout.asOld(),
            observed.tokenMark(),
            scaleIn.replicas(),
            print ->
                rollout != null && rollout.isMoving()
                    ? Upgrade.NONE // its own template comes by the rollout's word
                    : Upgrades.step(group, observed, found, print),
            rollout == null ? Track.PLAIN : rollout.oldTrack())) {
      case DesiredDeployment.Result.Unreadable(String message) ->
          plan(subject, null, ScaleIn.none(), Upgrade.NONE, StatusPlan.templateRejected(message));
      case DesiredDeployment.Result.Made(Deployment deployment, Upgrade upgrade) ->
          plan(subject, deployment, scaleIn, upgrade);
    };
  }

  /**
   * Of what a plan is made.
   *
   * @param rollout null where none is asked for or under way
   * @param ours the Deployment; null if there is none that is ours
   */
  private record Subject(
      WorkerGroup group,
      ObservedState observed,
      Decision decision,
      @Nullable RolloutPlan rollout,
      @Nullable Deployment ours,
      Instant now) {

    /** Whether pods of an older template stay for now. */
    boolean isPaused() {
      return group.getSpec().isPaused() || Upgrade.of(ours) == Upgrade.WAITS;
    }
  }

  /** What the Deployment was given last counts, not what somebody else has made of it. */
  private static ScaleIn scaleIn(Subject of) {
    Applied applied = of.observed.applied();
    Deployment last = applied != null ? applied.desired() : of.ours;
    return ScaleIn.of(
        of.rollout == null ? of.decision.wished() : of.rollout.shares().old(),
        of.ours == null || last == null ? null : last.getSpec().getReplicas(),
        Verdicts.isRolling(of.ours, of.isPaused(), of.now),
        of.rollout == null
            ? of.observed.workforce()
            : RolloutPlan.of(of.observed.workforce(), false),
        DrainTime.of(of.group),
        of.now);
  }

  /**
   * Of the Deployment beside the first one.
   *
   * @param apply null if it is as it should be
   */
  private record Beside(Plan.@Nullable Apply apply, ScaleIn scaleIn) {

    private static final Beside NOTHING = new Beside(null, ScaleIn.none());

    private static Beside of(Subject of) {
      RolloutPlan rollout = of.rollout;
      if (rollout == null || !rollout.needsFresh()) {
        return NOTHING;
      }
      RolloutView view = rollout.view();
      Deployment last = view.applied() != null ? view.applied().desired() : view.next();
      ScaleIn scaleIn =
          ScaleIn.of(
              rollout.shares().fresh(),
              view.next() == null || last == null ? null : last.getSpec().getReplicas(),
              Verdicts.isRolling(view.next(), of.group.getSpec().isPaused(), of.now),
              RolloutPlan.of(of.observed.workforce(), true),
              DrainTime.of(of.group),
              of.now);
      return switch (view.desired()
          .of(
              rollout.asFresh(),
              of.observed.tokenMark(),
              scaleIn.replicas(),
              _ -> Upgrade.NONE,
              rollout.freshTrack())) {
        case DesiredDeployment.Result.Unreadable _ -> NOTHING;
        case DesiredDeployment.Result.Made(Deployment desired, _) -> {
          Rejected rejected = view.rejected();
          boolean isRefused =
              rejected != null
                  && rejected.desired().equals(desired)
                  && of.now.isBefore(rejected.at().plus(REJECTED_RETRY));
          yield new Beside(
              !isRefused && differs(view.next(), desired, view.applied())
                  ? new Plan.Apply(desired, List.of())
                  : null,
              scaleIn);
        }
      };
    }
  }

  /** With a Deployment that could be applied. */
  private static Plan plan(Subject of, Deployment desired, ScaleIn scaleIn, Upgrade upgrade) {
    Rejected rejected = of.observed.rejected();
    if (rejected != null && rejected.desired().equals(desired)) {
      boolean again = !of.now.isBefore(rejected.at().plus(REJECTED_RETRY));
      return plan(
          of, again ? apply(desired, of) : null, scaleIn, upgrade, StatusPlan.rejected(rejected));
    }
    boolean differs = differs(of.ours, desired, of.observed.applied());
    return plan(of, differs ? apply(desired, of) : null, scaleIn, upgrade, null);
  }

  /**
   * With what is to be applied, if anything.
   *
   * @param obstacle why the Deployment cannot become what the spec says, if it cannot
   */
  private static Plan plan(
      Subject of,
      Plan.@Nullable Apply apply,
      ScaleIn scaleIn,
      Upgrade upgrade,
      @Nullable Verdict obstacle) {
    WorkerGroup group = of.group;
    ObservedState observed = of.observed;
    Instant now = of.now;
    RolloutPlan rollout = of.rollout;
    Beside beside = Beside.of(of);
    ScaleIn leaving = rollout == null ? scaleIn : scaleIn.and(beside.scaleIn());
    WorkerGroupStatus status =
        StatusPlan.of(group, observed, of.decision, rollout, of.ours, obstacle, apply != null, now);
    WorkerGroupStatus before = observed.status();
    boolean differs = !status.equals(before);
    boolean urgent = differs && StatusPlan.differsBeyondCounts(status, before);
    Duration wait = Duration.between(now, observed.statusWrittenAt().plus(FIGURES_EVERY));
    boolean waits = differs && !urgent && wait.isPositive();
    List<Note> notes = new ArrayList<>(Notes.between(before, status));
    notes.addAll(Notes.slotsConflict(group, observed));
    notes.addAll(Notes.graceTooShort(group, observed));
    notes.addAll(Notes.drainTimeCut(group, observed));
    notes.addAll(Scaling.notes(group, observed.lastDecision(), status.autoscaling()));
    if (rollout != null) {
      notes.addAll(rollout.notes());
    }
    PodPlan pods = PodPlan.of(circumstances(of, apply), observed.workforce(), leaving, now);
    return new Plan(
        rollout == null ? of.decision : of.decision.with(rollout.state()),
        apply,
        beside.apply(),
        rollout == null ? null : rollout.retired(),
        rollout == null ? null : rollout.gate(now),
        budget(group, observed, pods.protectsAnybody()),
        pods.toDo(),
        slots(group, observed),
        status,
        !differs || waits
            ? Plan.Writing.NONE
            : urgent || StatusPlan.differsBeyondFigures(status, before)
                ? Plan.Writing.AT_ONCE
                : Plan.Writing.IN_TURN,
        List.copyOf(notes),
        upgrade,
        Quiet.of(group, observed.workforce(), pods.toDo().steps(), status),
        Stream.of(
                Optional.of(
                    now.plus(waits ? wait : obstacle != null ? REJECTED_RETRY : LONGEST_LOOK)),
                Optional.ofNullable(Scaling.nextLook(group, status.autoscaling(), now)),
                Optional.ofNullable(rollout).map(it -> it.nextLook(now)),
                Optional.ofNullable(observed.around().contention().nextLook(now)),
                Optional.ofNullable(StuckWork.nextLook(status.conditions())),
                Optional.ofNullable(pods.nextLook()))
            .flatMap(Optional::stream)
            .min(Comparator.naturalOrder())
            .map(look -> Duration.between(now, look))
            .filter(Duration::isPositive)
            .orElse(SOON));
  }

  private static PodPlan.Circumstances circumstances(Subject of, Plan.@Nullable Apply apply) {
    Set<String> written = new HashSet<>();
    of.group
        .getSpec()
        .template()
        .at("/metadata/annotations")
        .fieldNames()
        .forEachRemaining(written::add);
    return new PodPlan.Circumstances(
        DrainTime.of(of.group), of.group.getSpec().protectsBusy(), isReplacing(of, apply), written);
  }

  /** Whether a ReplicaSet chooses now, or as soon as this is applied, which busy pods go last. */
  private static boolean isReplacing(Subject of, Plan.@Nullable Apply apply) {
    if (of.ours == null || of.isPaused()) {
      return false;
    }
    Applied applied = of.observed.applied();
    boolean begins =
        apply != null
            && applied != null
            && !applied
                .desired()
                .getSpec()
                .getTemplate()
                .equals(apply.desired().getSpec().getTemplate());
    return begins
        || Verdicts.isReplacing(of.ours)
        || (Verdicts.isRolling(of.ours, false, of.now)
            && of.observed.workforce().pods().stream()
                .anyMatch(it -> Wiring.LEAVES_LATE.equals(it.deletionCost())));
  }

  /**
   * It comes with the first pod that it protects, and stays: without marked pods it keeps nobody.
   */
  private static @Nullable PodDisruptionBudget budget(
      WorkerGroup group, ObservedState observed, boolean protectsAnybody) {
    PodDisruptionBudget found = observed.budget();
    return group.getSpec().protectsBusy()
            && (found != null || protectsAnybody)
            && !BusyBudget.isRight(found, group)
        ? BusyBudget.desired(group)
        : null;
  }

  private static Plan.Apply apply(Deployment desired, Subject of) {
    return new Plan.Apply(desired, Notes.scaled(desired, of.ours, of.observed.applied()));
  }

  /**
   * Whether to apply. The generation tells of every change of a Deployment's spec, whoever made it;
   * labels do not count into it, so they are compared.
   */
  private static boolean differs(
      @Nullable Deployment deployment, Deployment desired, @Nullable Applied applied) {
    if (deployment == null
        || applied == null
        || !applied.desired().equals(desired)
        || !applied.uid().equals(deployment.getMetadata().getUid())) {
      return true;
    }
    Map<String, String> labels = deployment.getMetadata().getLabels();
    return deployment.getMetadata().getGeneration() > applied.generation()
        || labels == null
        || !labels.entrySet().containsAll(desired.getMetadata().getLabels().entrySet());
  }

  /** What to set at the server: never while it is not seen, or another WorkerGroup decides. */
  private static Plan.@Nullable Slots slots(WorkerGroup group, ObservedState observed) {
    GroupFigures figures = StatusPlan.figures(observed);
    if (figures == null || observed.slotsDecider() != null) {
      return null;
    }
    Integer wished = group.getSpec().slots();
    Integer set = observed.status().slotsPerWorker();
    boolean sets = wished != null && !wished.equals(figures.slotsPerWorker());
    boolean takesBack = wished == null && set != null && set.equals(figures.slotsPerWorker());
    return sets || takesBack ? new Plan.Slots(wished) : null;
  }
}
