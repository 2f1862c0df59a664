package dev.baton.operator.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.plan.Conditions.Truth;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.resources.Template;
import dev.baton.operator.resources.Track;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.resources.WorkerDeployment;
import dev.baton.operator.rollout.Facts;
import dev.baton.operator.rollout.Facts.Candidates;
import dev.baton.operator.rollout.Facts.GateResult;
import dev.baton.operator.rollout.Facts.Side;
import dev.baton.operator.rollout.Remembered;
import dev.baton.operator.rollout.Rollout;
import dev.baton.operator.rollout.Rollout.Gating;
import dev.baton.operator.rollout.Rollout.Held;
import dev.baton.operator.rollout.Rollout.Moving;
import dev.baton.operator.rollout.Rollout.Pausing;
import dev.baton.operator.rollout.Rollout.Promoting;
import dev.baton.operator.rollout.Rollout.RolledBack;
import dev.baton.operator.rollout.Rollout.RollingBack;
import dev.baton.operator.rollout.Rollout.Settled;
import dev.baton.operator.rollout.Rollout.Starting;
import dev.baton.operator.rollout.Rollouts;
import dev.baton.operator.rollout.Sentences;
import dev.baton.operator.rollout.Shares;
import dev.baton.operator.rollout.Tally;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rollout of a WorkerGroup: from what is observed to the {@link Rollouts rules} and back.
 *
 * @param before where it stood
 * @param state where it stands now
 * @param trouble what keeps the workers that it waits for from getting ready; null for nothing
 */
record RolloutPlan(
    WorkerGroup group,
    RolloutView view,
    Rollout before,
    Rollout state,
    Facts facts,
    Shares shares,
    @Nullable String trouble) {

  /** What Kubernetes takes where the spec does not say it. */
  private static final int PROGRESS_DEADLINE_SECONDS = 600;

  private static final Duration GATE_LOOK = Duration.ofSeconds(1);

  /** What follows now; null where no rollout is asked for or under way. */
  static @Nullable RolloutPlan of(
      WorkerGroup group,
      ObservedState observed,
      Decision decision,
      @Nullable Deployment ours,
      Instant now) {
    RolloutView view = observed.rollout();
    if (view == null) {
      return null;
    }
    Rollout before = Remembered.read(observed.status().rollout(), view.written());
    if (before instanceof Moving moving
        && !(view.templates().containsKey(before.stable())
            && view.templates().containsKey(moving.target()))) {
      before = new Settled(view.written()); // somebody has deleted what it was about
    } else if (!view.templates().containsKey(before.stable())) {
      before = new Settled(view.written());
    }
    Rollout from = decision.rollout() != null ? decision.rollout() : before;
    Facts facts = facts(group, observed, view, from, decision.wished(), ours);
    Rollout state = Rollouts.next(from, facts, now);
    return new RolloutPlan(
        group,
        view,
        before,
        state,
        facts,
        Rollouts.shares(state, facts),
        trouble(state, ours, view.next(), observed.workforce()));
  }

  private static @Nullable String trouble(
      Rollout state, @Nullable Deployment ours, @Nullable Deployment next, Workforce all) {
    return switch (state) {
      case Starting _ -> Verdicts.trouble(next, of(all, true));
      case Promoting _, RollingBack _ -> Verdicts.trouble(ours, of(all, false));
      case Settled _, Gating _, Pausing _, Held _, RolledBack _ -> null;
    };
  }

  private static Facts facts(
      WorkerGroup group,
      ObservedState observed,
      RolloutView view,
      Rollout from,
      int wished,
      @Nullable Deployment ours) {
    RolloutSpec spec = group.getSpec().rollout();
    Workforce workforce = observed.workforce();
    Map<String, String> annotations = group.getMetadata().getAnnotations();
    GateResult gate =
        from instanceof Gating gating
            ? view.gates().getOrDefault(gateId(group, gating), new GateResult.Unknown())
            : new GateResult.Unknown();
    String target = from instanceof Moving moving ? moving.target() : null;
    return new Facts(
        spec != null && spec.goesByStep() ? spec : null,
        wished,
        view.written(),
        group.getSpec().isPaused(),
        annotations == null ? null : annotations.get(Wiring.ROLLOUT_CONTINUE),
        side(ours, observed.applied(), observed.rejected(), of(workforce, false), target, observed),
        side(view.next(), view.applied(), view.rejected(), of(workforce, true), target, observed)
            .orTaken(unusable(view, group, target)),
        Duration.ofSeconds(
            group.getSpec().progressDeadlineSeconds() != null
                ? group.getSpec().progressDeadlineSeconds()
                : PROGRESS_DEADLINE_SECONDS),
        candidates(workforce, from),
        gate);
  }

  /** The pods of one Deployment. */
  static Workforce of(Workforce all, boolean next) {
    return all.only(pod -> isNext(pod) == next);
  }

  private static boolean isNext(WorkerPod pod) {
    return Wiring.NEXT.equals(pod.marks().labels().get(Wiring.TRACK_LABEL));
  }

  private static Side side(
      @Nullable Deployment deployment,
      ObservedState.@Nullable Applied applied,
      ObservedState.@Nullable Rejected rejected,
      Workforce pods,
      @Nullable String target,
      ObservedState observed) {
    String refused =
        rejected != null && target != null && target.equals(revision(rejected.desired()))
            ? Verdicts.bounded("Kubernetes refuses it: " + rejected.message())
            : null;
    if (deployment == null) {
      return new Side(null, 0, 0, 0, true, refused, Tally.NONE);
    }
    DeploymentStatus status = Verdicts.statusOf(deployment);
    Long answered = status.getObservedGeneration();
    boolean hasSeen = answered != null && answered >= deployment.getMetadata().getGeneration();
    int replicas = Verdicts.count(status.getReplicas());
    int updated = Verdicts.count(status.getUpdatedReplicas());
    int older = replicas - updated;
    Deployment last = applied != null ? applied.desired() : deployment;
    return new Side(
        revision(deployment),
        Verdicts.count(last.getSpec().getReplicas()),
        Math.max(replicas, (int) pods.pods().stream().filter(WorkerPod::isActive).count()),
        hasSeen ? Math.max(0, Verdicts.count(status.getAvailableReplicas()) - older) : 0,
        hasSeen && older == 0,
        refused != null || !hasSeen || target == null || !target.equals(revision(deployment))
            ? refused
            : Verdicts.obstacle(deployment, pods),
        tally(pods, observed));
  }

  private static @Nullable String revision(Deployment deployment) {
    Map<String, String> annotations = deployment.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(Wiring.REVISION);
  }

  /** How the tasks of the pods' workers ended, as far as they are connected. */
  private static Tally tally(Workforce pods, ObservedState observed) {
    GroupFigures figures = StatusPlan.figures(observed);
    if (figures == null || !(pods.attendance() instanceof Attendance.Known known)) {
      return Tally.NONE;
    }
    Set<String> pids =
        pods.pods().stream()
            .map(known::of)
            .filter(Objects::nonNull)
            .flatMap(it -> it.pids().stream())
            .collect(Collectors.toSet());
    return figures.workers().stream()
        .filter(it -> pids.contains(it.pid()))
        .map(it -> new Tally(it.settled(), it.rejected()))
        .reduce(Tally.NONE, Tally::plus);
  }

  /** Workers of the new template's pods that can be called; those of the oldest pods first. */
  private static Candidates candidates(Workforce all, Rollout from) {
    if (!(from instanceof Moving moving) || all.attendance() instanceof Attendance.Unknown) {
      return new Candidates.Unknown();
    }
    return new Candidates.Known(
        of(all, true).pods().stream()
            .filter(it -> it.isReady() && it.drainingSince() == null && it.cordonedSince() == null)
            .filter(it -> moving.target().equals(it.marks().annotations().get(Wiring.REVISION)))
            .sorted(Comparator.comparing(WorkerPod::createdAt).thenComparing(WorkerPod::name))
            .map(it -> pid(all, it))
            .filter(Objects::nonNull)
            .toList());
  }

  private static @Nullable String pid(Workforce all, WorkerPod pod) {
    return switch (all.attendance(pod)) {
      case Attendance.Known known -> {
        Attendance.Presence presence = known.of(pod);
        yield presence == null || presence.draining() ? null : presence.pids().getFirst();
      }
      case Attendance.Untold _ -> pod.name(); // the pid that its container is given
      case Attendance.Unknown _ -> null;
    };
  }

  /** As the WorkerGroup would be if it had the template of the Deployment of its name. */
  WorkerGroup asOld() {
    return with(Rollouts.oldRevision(state, facts));
  }

  /** As it would be with that of the one beside. */
  WorkerGroup asFresh() {
    String revision = Rollouts.freshRevision(state);
    String given = facts.fresh().revision();
    return with(revision != null ? revision : given != null ? given : state.stable());
  }

  private WorkerGroup with(String revision) {
    JsonNode template = view.templates().get(revision);
    if (template == null || template.equals(group.getSpec().template())) {
      return group;
    }
    WorkerGroup other = new WorkerGroup();
    other.setMetadata(group.getMetadata());
    other.setSpec(group.getSpec().withTemplate(template));
    other.setStatus(group.getStatus());
    return other;
  }

  Track oldTrack() {
    return new Track(false, Rollouts.oldRevision(state, facts));
  }

  Track freshTrack() {
    String revision = Rollouts.freshRevision(state);
    String given = facts.fresh().revision();
    return new Track(true, revision != null ? revision : given != null ? given : state.stable());
  }

  /** Whether it brings templates to workers, or takes them back. */
  boolean isMoving() {
    return state instanceof Moving;
  }

  /** Whether there is to be a Deployment beside the first one. */
  boolean needsFresh() {
    return !isTaken() && retired() == null && (view.next() != null || shares.fresh() > 0);
  }

  /** The Deployment beside the first one, once it is empty and of no use any more; else null. */
  @Nullable Deployment retired() {
    Side fresh = facts.fresh();
    boolean isOver =
        switch (state) {
          case Settled settled -> settled.stable().equals(facts.written());
          case RolledBack _ -> true;
          case Starting _, Gating _, Pausing _, Promoting _, Held _, RollingBack _ -> false;
        };
    return isOver
            && !isTaken()
            && shares.fresh() == 0
            && fresh.given() == 0
            && fresh.pods() == 0
            && fresh.isSettled()
        ? view.next()
        : null;
  }

  /** The gate's call that is to be made, or asked after; null if none is. */
  Plan.@Nullable Gate gate(Instant now) {
    RolloutSpec spec = facts.spec();
    if (!(state instanceof Gating gating) || spec == null || spec.gate() == null) {
      return null;
    }
    RolloutSpec.Gate gate = spec.gate();
    return new Plan.Gate(
        gateId(group, gating),
        gating.call().pod(),
        gate.function(),
        gate.args() == null ? List.of() : gate.args(),
        now.plus(Rollouts.timeout(gate)));
  }

  private static String gateId(WorkerGroup group, Gating gating) {
    String uid = group.getMetadata().getUid();
    String owner =
        group.getMetadata().getName() + "-" + uid.substring(0, Math.min(8, uid.length()));
    return Remembered.gateId(owner, gating);
  }

  /** Null where none is asked for any more, and nothing of one is left. */
  @Nullable RolloutStatus status() {
    if (facts.spec() == null
        && state instanceof Settled
        && facts.fresh().pods() == 0
        && facts.fresh().given() == 0) {
      return null;
    }
    return Remembered.write(
        state,
        facts.spec(),
        state instanceof Gating gating ? gateId(group, gating) : null,
        Sentences.of(state, facts));
  }

  @Nullable Instant nextLook(Instant now) {
    return state instanceof Gating ? now.plus(GATE_LOOK) : Rollouts.nextLook(state, facts.spec());
  }

  /** What the condition Progressing says; null where it says the same as without rollouts. */
  @Nullable Verdict progressing() {
    String sentence =
        Verdicts.bounded(Sentences.of(state, facts) + (trouble == null ? "" : "; " + trouble));
    return switch (state) {
      case Settled settled ->
          settled.stable().equals(facts.written())
              ? null
              : new Verdict(Truth.False, Reason.Paused, sentence);
      case Pausing pausing -> {
        boolean isManual =
            facts.spec() != null
                && pausing.step() < facts.spec().stepsOrOne().size()
                && facts.spec().stepsOrOne().get(pausing.step()).waitsForSomebody();
        yield isManual || facts.isPaused()
            ? new Verdict(Truth.False, Reason.Paused, sentence)
            : new Verdict(Truth.True, Reason.RollingOut, sentence);
      }
      case Starting _, Gating _, Promoting _ ->
          new Verdict(Truth.True, Reason.RollingOut, sentence);
      case RollingBack _ -> new Verdict(Truth.True, Reason.RollingBack, sentence);
      case Held _ -> new Verdict(Truth.False, Reason.RolloutHeld, sentence);
      case RolledBack _ -> new Verdict(Truth.False, Reason.RolledBack, sentence);
    };
  }

  /** Each move is told once. */
  List<Note> notes() {
    if (isSamePoint(before, state)) {
      return List.of();
    }
    String sentence = Sentences.of(state, facts);
    return List.of(
        switch (state) {
          case Settled _, Starting _, Gating _, Pausing _, Promoting _ ->
              Note.normal(Reason.Rollout, sentence);
          case RollingBack back ->
              back.failed()
                  ? Note.warning(Reason.RollingBack, sentence)
                  : Note.normal(Reason.RollingBack, sentence);
          case Held _ -> Note.warning(Reason.RolloutHeld, sentence);
          case RolledBack _ -> Note.warning(Reason.RolledBack, sentence);
        });
  }

  private static boolean isSamePoint(Rollout one, Rollout other) {
    return one.equals(other) || (one instanceof Settled && other instanceof Settled);
  }

  /** Both sides in one, for what is told of all pods. */
  DeploymentStatus together(DeploymentStatus old) {
    DeploymentStatus fresh = Verdicts.statusOf(view.next());
    return new DeploymentStatusBuilder(old)
        .withReplicas(Verdicts.count(old.getReplicas()) + Verdicts.count(fresh.getReplicas()))
        .withReadyReplicas(
            Verdicts.count(old.getReadyReplicas()) + Verdicts.count(fresh.getReadyReplicas()))
        .build();
  }

  /** Why there can be no Deployment of that template beside the first one, or null. */
  private static @Nullable String unusable(
      RolloutView view, WorkerGroup group, @Nullable String target) {
    String taken = takenBy(view, group);
    JsonNode template = target == null ? null : view.templates().get(target);
    return taken == null
            && template != null
            && Template.read(template) instanceof Template.Unreadable(String message)
        ? message
        : taken;
  }

  /** Why the Deployment beside the first one cannot be had, or null. */
  private static @Nullable String takenBy(RolloutView view, WorkerGroup group) {
    String owner = view.next() == null ? null : WorkerDeployment.takenBy(view.next(), group);
    return owner == null
        ? null
        : "Deployment %s exists and belongs to %s".formatted(Track.nextOf(group), owner);
  }

  /** Whether that one is somebody else's. */
  boolean isTaken() {
    return takenBy(view, group) != null;
  }
}
