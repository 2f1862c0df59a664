package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.resources.BusyBudget;
import dev.baton.operator.resources.DrainTime;
import dev.baton.operator.resources.Template;
import dev.baton.operator.resources.TokenMark;
import dev.baton.operator.resources.WorkerDeployment;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what is to be done for a WorkerGroup. */
public final class WorkerGroupPlanner {

  /** Figures move all the time; the status follows them, but not more often than this. */
  static final Duration FIGURES_EVERY = Duration.ofSeconds(1);

  /** What was refused is tried again after so long: a quota may have been raised. */
  static final Duration REJECTED_RETRY = Duration.ofSeconds(20);

  /** Everything is looked at again after so long, whatever events were missed. */
  static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

  /** What is due already, and could not be done with what is seen, is looked at after so long. */
  static final Duration SOON = Duration.ofMillis(200);

  private WorkerGroupPlanner() {}

  /** The plan. */
  public static Plan plan(WorkerGroup group, ObservedState observed, Instant now) {
    Deployment found = observed.deployment();
    String owner = found == null ? null : WorkerDeployment.takenBy(found, group);
    if (owner != null) {
      return plan(
          group, observed, null, null, ScaleIn.none(), StatusPlan.nameTaken(group, owner), now);
    }
    return switch (Template.read(group.getSpec().template())) {
      case Template.Unreadable(String message) ->
          plan(
              group,
              observed,
              found,
              null,
              ScaleIn.none(),
              StatusPlan.templateRejected(message),
              now);
      case Template.Readable(PodTemplateSpec template) -> {
        ScaleIn scaleIn = scaleIn(group, observed, now);
        yield plan(
            group,
            observed,
            found,
            WorkerDeployment.desired(
                group, TokenMark.put(template, observed.tokenMark()), scaleIn.replicas()),
            scaleIn,
            now);
      }
    };
  }

  /** What the Deployment was given last counts, not what somebody else has made of it. */
  private static ScaleIn scaleIn(WorkerGroup group, ObservedState observed, Instant now) {
    Applied applied = observed.applied();
    Deployment last = applied != null ? applied.desired() : observed.deployment();
    return ScaleIn.of(
        DesiredReplicas.of(group, observed, now),
        observed.deployment() == null || last == null ? null : last.getSpec().getReplicas(),
        Verdicts.isRolling(observed.deployment(), group.getSpec().isPaused()),
        observed.workforce(),
        DrainTime.of(group),
        now);
  }

  /** With a Deployment that could be applied. */
  private static Plan plan(
      WorkerGroup group,
      ObservedState observed,
      @Nullable Deployment ours,
      Deployment desired,
      ScaleIn scaleIn,
      Instant now) {
    Rejected rejected = observed.rejected();
    if (rejected != null && rejected.desired().equals(desired)) {
      boolean again = !now.isBefore(rejected.at().plus(REJECTED_RETRY));
      return plan(
          group,
          observed,
          ours,
          again ? apply(desired, ours, observed) : null,
          scaleIn,
          StatusPlan.templateRejected(rejected.message()),
          now);
    }
    boolean differs = differs(ours, desired, observed.applied());
    return plan(
        group, observed, ours, differs ? apply(desired, ours, observed) : null, scaleIn, null, now);
  }

  /**
   * With what is to be applied, if anything.
   *
   * @param obstacle why the Deployment cannot become what the spec says, if it cannot
   */
  private static Plan plan(
      WorkerGroup group,
      ObservedState observed,
      @Nullable Deployment ours,
      Plan.@Nullable Apply apply,
      ScaleIn scaleIn,
      @Nullable Verdict obstacle,
      Instant now) {
    WorkerGroupStatus status = StatusPlan.of(group, observed, ours, obstacle, apply != null, now);
    WorkerGroupStatus before = observed.status();
    Duration wait = Duration.between(now, observed.statusWrittenAt().plus(FIGURES_EVERY));
    boolean differs = !status.equals(before);
    boolean waits =
        differs && wait.isPositive() && !StatusPlan.differsBeyondFigures(status, before);
    List<Note> notes = new ArrayList<>(Notes.between(before, status));
    notes.addAll(Notes.slotsConflict(group, observed));
    notes.addAll(Scaling.notes(group, before, status));
    PodPlan pods = PodPlan.of(circumstances(group, ours), observed.workforce(), scaleIn, now);
    return new Plan(
        apply,
        budget(group, observed),
        pods.toDo(),
        slots(group, observed),
        status,
        differs && !waits,
        List.copyOf(notes),
        earlier(
            earlier(
                earlier(
                    waits ? wait : obstacle != null ? REJECTED_RETRY : LONGEST_LOOK,
                    Scaling.nextLook(group, status.autoscaling()),
                    now),
                StuckWork.nextLook(status.conditions()),
                now),
            pods.nextLook(),
            now));
  }

  private static Duration earlier(Duration wait, @Nullable Instant look, Instant now) {
    if (look == null) {
      return wait;
    }
    Duration untilLook = Duration.between(now, look);
    return untilLook.compareTo(wait) < 0 ? untilLook.isPositive() ? untilLook : SOON : wait;
  }

  private static PodPlan.Circumstances circumstances(WorkerGroup group, @Nullable Deployment ours) {
    Set<String> written = new HashSet<>();
    group
        .getSpec()
        .template()
        .at("/metadata/annotations")
        .fieldNames()
        .forEachRemaining(written::add);
    return new PodPlan.Circumstances(
        DrainTime.of(group),
        group.getSpec().protectsBusy(),
        Verdicts.isRolling(ours, group.getSpec().isPaused()),
        written);
  }

  /** It stays when it is not asked for any more: without marked pods it keeps nobody. */
  private static @Nullable PodDisruptionBudget budget(WorkerGroup group, ObservedState observed) {
    return group.getSpec().protectsBusy() && !BusyBudget.isRight(observed.budget(), group)
        ? BusyBudget.desired(group)
        : null;
  }

  private static Plan.Apply apply(
      Deployment desired, @Nullable Deployment ours, ObservedState observed) {
    return new Plan.Apply(desired, Notes.scaled(desired, ours, observed.applied()));
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
