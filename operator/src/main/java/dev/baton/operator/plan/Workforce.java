package dev.baton.operator.plan;

import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.Signal;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a WorkerGroup and what the server sees of their workers.
 *
 * @param isComplete whether these are all; if not, nothing may be concluded from one that is
 *     missing
 * @param traces of the pods, by uid
 * @param cordonedNodes those that take no pods; null if nodes are not seen
 * @param told what the server took last of what the plans wanted it to be told, by the pod's uid
 */
public record Workforce(
    boolean isComplete,
    List<WorkerPod> pods,
    Attendance attendance,
    Map<String, PodTrace> traces,
    @Nullable Set<String> cordonedNodes,
    Map<String, Signal> told) {

  /** Nobody was told anything since the operator started. */
  Workforce(
      boolean isComplete,
      List<WorkerPod> pods,
      Attendance attendance,
      Map<String, PodTrace> traces,
      @Nullable Set<String> cordonedNodes) {
    this(isComplete, pods, attendance, traces, cordonedNodes, Map.of());
  }

  /** Before the pods have been listed. */
  public static Workforce unknown() {
    return new Workforce(false, List.of(), new Attendance.Unknown(), Map.of(), null);
  }

  /**
   * All pods.
   *
   * @param before the traces of the look before this one
   * @param told what the server took last, by uid
   */
  public static Workforce of(
      List<Pod> pods,
      Map<String, PodTrace> before,
      @Nullable Set<String> cordonedNodes,
      Sighting server,
      Map<String, Signal> told,
      Instant now) {
    List<WorkerPod> workers = pods.stream().map(WorkerPod::of).toList();
    Attendance attendance = Attendance.of(server, workers);
    return new Workforce(
        true,
        workers,
        attendance,
        PodTrace.follow(before, workers, attendance, now),
        cordonedNodes,
        told);
  }

  /** Why pods do not get ready, of one of them; null if Kubernetes knows no reason. */
  @Nullable String trouble() {
    return pods.stream()
        .filter(it -> it.trouble() != null && it.life() instanceof WorkerPod.Life.Starting)
        .map(it -> "pod " + it.name() + ": " + it.trouble())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  boolean seesNodes() {
    return cordonedNodes != null;
  }

  boolean isCordoned(WorkerPod pod) {
    return cordonedNodes != null && pod.node() != null && cordonedNodes.contains(pod.node());
  }

  /** How many tasks the pod's worker has, as far as is seen. */
  int load(WorkerPod pod) {
    Attendance.Presence presence =
        attendance instanceof Attendance.Known known ? known.of(pod) : null;
    return presence == null ? 0 : presence.load();
  }

  PodTrace trace(WorkerPod pod) {
    return traces.getOrDefault(pod.uid(), PodTrace.NONE);
  }
}
