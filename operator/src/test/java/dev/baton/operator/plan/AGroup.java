package dev.baton.operator.plan;

import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupFigures.Worker;
import dev.baton.operator.server.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Groups as the server shows them, for tests. */
final class AGroup {

  /** No pods, and that is known. */
  static final Workforce NOBODY =
      Workforce.of(List.of(), Map.of(), null, new Sighting.NotYet(), Map.of(), null, Instant.EPOCH);

  private AGroup() {}

  static GroupFigures of(List<Worker> workers) {
    return new GroupFigures("g", 1, workers.size(), 0, 0, 0, 0, null, List.of(), workers);
  }

  static Worker worker(String pid, int load, boolean draining) {
    return new Worker(pid, null, 1, load, draining, 0);
  }

  /** Pods and what the server shows, of a cluster whose nodes are seen. */
  static Workforce force(List<WorkerPod> pods, List<Worker> workers, Instant now) {
    Attendance attendance = Attendance.of(new Sighting.Seen(of(workers)), pods);
    return new Workforce(
        true,
        pods,
        attendance,
        PodTrace.follow(Map.of(), pods, _ -> attendance, now),
        Set.of("cordoned"));
  }
}
