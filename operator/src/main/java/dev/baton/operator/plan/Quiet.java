package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A WorkerGroup in which tasks only begin and end, and nobody has to do anything about it: what of
 * a look is needed to follow them without another.
 *
 * @param uids of the pods, by the pids of their workers
 * @param mayWork the pods whose workers may have tasks without anything to be written, by uid
 */
public record Quiet(Map<String, String> uids, Set<String> mayWork) {

  /** Copies. */
  public Quiet {
    uids = Map.copyOf(uids);
    mayWork = Set.copyOf(mayWork);
  }

  /** What a plan leaves; null where the next task may make a difference. */
  static @Nullable Quiet of(
      WorkerGroup group, Workforce workforce, List<PodStep> steps, WorkerGroupStatus status) {
    Condition progressing = Conditions.find(status.conditions(), ConditionType.Progressing);
    if (group.getSpec().autoscaling() != null
        || progressing == null
        || !Reason.Settled.name().equals(progressing.getReason())
        || !steps.stream().allMatch(it -> it instanceof PodStep.Mark mark && mark.inTurn())
        || !workforce.isComplete()) {
      return null;
    }
    Map<String, String> uids = new HashMap<>();
    Set<String> mayWork = new HashSet<>();
    steps.forEach(it -> mayWork.add(it.pod().uid())); // when it is their turn, that wakes
    for (WorkerPod pod : workforce.pods()) {
      if (pod.life() instanceof WorkerPod.Life.Ended) {
        continue;
      }
      if (!pod.isReady()
          || pod.drainingSince() != null
          || pod.cordonedSince() != null
          || !(workforce.attendance(pod) instanceof Attendance.Known known)
          || !(known.of(pod) instanceof Attendance.Presence presence)) {
        return null;
      }
      presence.pids().forEach(pid -> uids.put(pid, pod.uid()));
      if (!group.getSpec().protectsBusy()
          || "true".equals(pod.marks().labels().get(Wiring.BUSY_LABEL))) {
        mayWork.add(pod.uid());
      }
    }
    return new Quiet(uids, mayWork);
  }

  /**
   * The traces after what the server shows now; null where it takes a look of its own.
   *
   * @param traces by the uids of pods
   */
  public @Nullable Map<String, PodTrace> follow(
      GroupFigures figures, Map<String, PodTrace> traces, Instant now) {
    if (figures.workers().size() != uids.size()) {
      return null;
    }
    Map<String, Integer> loads = new HashMap<>();
    for (GroupFigures.Worker worker : figures.workers()) {
      String uid = uids.get(worker.pid());
      if (uid == null || worker.draining() || (worker.load() > 0 && !mayWork.contains(uid))) {
        return null;
      }
      loads.merge(uid, worker.load(), Integer::sum);
    }
    Map<String, PodTrace> after = new HashMap<>(traces);
    loads.forEach(
        (uid, load) -> after.put(uid, after.getOrDefault(uid, PodTrace.NONE).withLoad(load, now)));
    return after;
  }
}
