package dev.baton.operator.plan;

import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupFigures.Worker;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Sighting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which pods the server sees at work. */
public sealed interface Attendance {

  /** The server tells; a pod that is not in the list has no connected worker. */
  record Known(Map<String, Presence> byPod) implements Attendance {

    /** What the server sees of the pod; null if nothing. */
    @Nullable Presence of(WorkerPod pod) {
      return byPod.get(pod.uid());
    }
  }

  /** The server cannot be asked now; it may be another time. */
  record Unknown() implements Attendance {}

  /** The server will never tell: it is one without groups. */
  record Untold() implements Attendance {}

  /**
   * The workers of a pod that are connected.
   *
   * @param pids at least one
   * @param load tasks that they hold, and that were sent to them
   * @param draining whether none of them gets new tasks
   */
  record Presence(List<String> pids, int load, boolean draining) {

    boolean isEmpty() {
      return draining && load == 0;
    }
  }

  static Attendance of(Sighting server, List<WorkerPod> pods) {
    return switch (server) {
      case Sighting.Seen(GroupFigures figures) -> known(figures, pods);
      case Sighting.NotYet _ -> new Unknown();
      case Sighting.Unseen(Kind kind, _) ->
          kind == Kind.NO_GROUPS_API ? new Untold() : new Unknown();
    };
  }

  /** A worker is its pod's by pid, else by an address that no other pod has. */
  private static Known known(GroupFigures figures, List<WorkerPod> pods) {
    Map<String, List<Worker>> byPid =
        figures.workers().stream().collect(Collectors.groupingBy(Worker::pid));
    Map<String, List<Worker>> byAddress =
        figures.workers().stream()
            .filter(it -> it.address() != null)
            .collect(Collectors.groupingBy(Worker::address));
    Map<String, Long> podsByIp =
        pods.stream()
            .filter(it -> !(it.life() instanceof WorkerPod.Life.Ended))
            .flatMap(it -> it.ips().stream())
            .collect(Collectors.groupingBy(ip -> ip, Collectors.counting()));
    Map<String, Presence> byPod = new HashMap<>();
    for (WorkerPod pod : pods) {
      List<Worker> workers = byPid.get(pod.name());
      if (workers == null) {
        workers =
            pod.ips().stream()
                .filter(ip -> podsByIp.getOrDefault(ip, 0L) == 1 && byAddress.containsKey(ip))
                .findFirst()
                .map(byAddress::get)
                .orElse(null);
      }
      if (workers != null) {
        byPod.put(pod.uid(), presence(workers));
      }
    }
    return new Known(Map.copyOf(byPod));
  }

  private static Presence presence(List<Worker> workers) {
    return new Presence(
        workers.stream().map(Worker::pid).sorted().toList(),
        workers.stream().mapToInt(Worker::load).sum(),
        workers.stream().allMatch(Worker::draining));
  }
}
