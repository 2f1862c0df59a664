package dev.baton.operator.plan;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a pod's worker before. Losing it, as at a restart of the operator, only puts off
 * what follows from it.
 *
 * @param busyAt when it was last seen with a task, or null
 * @param lostSince since when the server, which answers, does not see it; null while it does, or
 *     while the server is not seen itself
 */
public record PodTrace(@Nullable Instant busyAt, @Nullable Instant lostSince) {

  static final PodTrace NONE = new PodTrace(null, null);

  /** The traces of these pods, by uid, after one more look. */
  static Map<String, PodTrace> follow(
      Map<String, PodTrace> before, List<WorkerPod> pods, Attendance attendance, Instant now) {
    Map<String, PodTrace> after = new HashMap<>();
    for (WorkerPod pod : pods) {
      PodTrace last = before.getOrDefault(pod.uid(), NONE);
      after.put(
          pod.uid(),
          switch (attendance) {
            case Attendance.Known known -> last.seen(known.of(pod), now);
            case Attendance.Unknown _, Attendance.Untold _ -> new PodTrace(last.busyAt, null);
          });
    }
    return Map.copyOf(after);
  }

  private PodTrace seen(Attendance.@Nullable Presence presence, Instant now) {
    if (presence == null) {
      return new PodTrace(busyAt, lostSince != null ? lostSince : now);
    }
    return new PodTrace(presence.load() > 0 ? now : busyAt, null);
  }
}
