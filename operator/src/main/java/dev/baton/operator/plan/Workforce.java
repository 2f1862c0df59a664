package dev.baton.operator.plan;

import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The pods of a WorkerGroup and what the server sees of their workers.
 *
 * @param isComplete whether these are all; if not, nothing may be concluded from one that is
 *     missing
 * @param traces of the pods, by uid
 */
public record Workforce(
    boolean isComplete, List<WorkerPod> pods, Attendance attendance, Map<String, PodTrace> traces) {

  /** Before the pods have been listed. */
  public static Workforce unknown() {
    return new Workforce(false, List.of(), new Attendance.Unknown(), Map.of());
  }

  /**
   * All pods.
   *
   * @param before the traces of the look before this one
   */
  public static Workforce of(
      List<Pod> pods, Map<String, PodTrace> before, Sighting server, Instant now) {
    List<WorkerPod> workers = pods.stream().map(WorkerPod::of).toList();
    Attendance attendance = Attendance.of(server, workers);
    return new Workforce(
        true, workers, attendance, PodTrace.follow(before, workers, attendance, now));
  }

  PodTrace trace(WorkerPod pod) {
    return traces.getOrDefault(pod.uid(), PodTrace.NONE);
  }
}
