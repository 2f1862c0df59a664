package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.plan.Conditions.Truth;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status that tells what is. */
final class StatusPlan {

  private StatusPlan() {}

  /**
   * The status.
   *
   * @param decision how many workers are wished for
   * @param deployment null if there is none that is ours
   * @param obstacle why the Deployment cannot be brought to what the spec says, if it cannot
   */
  static WorkerGroupStatus of(
      WorkerGroup group,
      ObservedState observed,
      Decision decision,
      @Nullable Deployment deployment,
      @Nullable Verdict obstacle,
      boolean applies,
      Instant now) {
    int wished = decision.wished();
    DeploymentStatus pods = Verdicts.statusOf(deployment);
    GroupFigures figures = figures(observed);
    Long generation = group.getMetadata().getGeneration();
    List<Condition> before = observed.status().conditions();
    Verdict progressing =
        obstacle != null
            ? obstacle
            : Verdicts.progressing(
                wished, deployment, applies, group.getSpec().isPaused(), observed.workforce());
    return new WorkerGroupStatus(
        generation,
        wished,
        Verdicts.count(pods.getReplicas()),
        Verdicts.count(pods.getReadyReplicas()),
        figures == null ? null : figures.connectedWorkers(),
        figures == null ? null : figures.inFlight(),
        figures == null ? null : figures.ready(),
        figures == null ? null : (long) figures.oldestReadySeconds(),
        figures == null ? null : figures.suspended(),
        slotsSet(group, observed),
        decision.autoscaling(),
        Wiring.selectorText(group),
        List.of(
            Conditions.of(
                ConditionType.Available, Verdicts.available(wished, pods), generation, before, now),
            Conditions.of(ConditionType.Progressing, progressing, generation, before, now),
            Conditions.of(
                ConditionType.ServerReachable,
                Verdicts.serverReachable(observed.server()),
                generation,
                before,
                now),
            Conditions.of(
                ConditionType.Stuck,
                StuckWork.verdict(group, figures, pods, before, now),
                generation,
                before,
                now)));
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

  private static WorkerGroupStatus withoutFigures(WorkerGroupStatus status) {
    return new WorkerGroupStatus(
        status.observedGeneration(),
        status.desiredReplicas(),
        status.replicas(),
        status.readyReplicas(),
        null,
        null,
        null,
        null,
        null,
        status.slotsPerWorker(),
        withoutMemory(status.autoscaling()),
        status.selector(),
        status.conditions().stream().map(StatusPlan::withoutWords).toList());
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
