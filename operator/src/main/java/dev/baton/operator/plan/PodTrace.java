package dev.baton.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a pod's worker before. Losing it, as at a restart of the operator, only puts off
 * what follows from it.
 *
 * @param busyAt when it was last seen with a task, or null
 * @param lostSince since when the server, which answers, does not see it; null while it does, or
 *     while the server is not seen itself
 * @param idleSince since when it is seen without a task, or null
 * @param gap how long it lately was without a task between two, at most
 */
public record PodTrace(
    @Nullable Instant busyAt,
    @Nullable Instant lostSince,
    @Nullable Instant idleSince,
    Duration gap) {

  static final PodTrace NONE = new PodTrace(null, null);

  /** A worker whose gaps have become shorter is not judged by a long one for ever. */
  private static final double FADES = 0.9;

  /** Of one without gaps. */
  PodTrace(@Nullable Instant busyAt, @Nullable Instant lostSince) {
    this(busyAt, lostSince, null, Duration.ZERO);
  }

  /** The traces of these pods, by uid, after one more look. */
  static Map<String, PodTrace> follow(
      Map<String, PodTrace> before,
      List<WorkerPod> pods,
      Function<WorkerPod, Attendance> attendance,
      Instant now) {
    Map<String, PodTrace> after = new HashMap<>();
    for (WorkerPod pod : pods) {
      PodTrace last = before.getOrDefault(pod.uid(), NONE);
      after.put(
          pod.uid(),
          switch (attendance.apply(pod)) {
            case Attendance.Known known when known.of(pod) == null && isYetToBegin(pod, last) ->
                NONE;
            case Attendance.Known known -> last.seen(known.of(pod), now);
            case Attendance.Unknown _, Attendance.Untold _ ->
                new PodTrace(last.busyAt, null, null, last.gap);
          });
    }
    return Map.copyOf(after);
  }

  /** Its image may still be fetched: nobody has lost a worker that has never run. */
  private static boolean isYetToBegin(WorkerPod pod, PodTrace last) {
    return pod.life() instanceof WorkerPod.Life.Starting(boolean pending)
        && pending
        && last.equals(NONE);
  }

  private PodTrace seen(Attendance.@Nullable Presence presence, Instant now) {
    if (presence == null) {
      return new PodTrace(busyAt, lostSince != null ? lostSince : now, null, gap);
    }
    return withLoad(presence.load(), now);
  }

  /** After one more look at a worker that is connected. */
  PodTrace withLoad(int load, Instant now) {
    if (load == 0) {
      return idleSince != null && lostSince == null
          ? this
          : new PodTrace(busyAt, null, idleSince != null ? idleSince : now, gap);
    }
    if (busyAt == null || idleSince == null) {
      return new PodTrace(now, null, null, gap);
    }
    Duration idle = Duration.between(idleSince, now);
    Duration faded = Duration.ofMillis((long) (gap.toMillis() * FADES));
    return new PodTrace(now, null, null, idle.compareTo(faded) > 0 ? idle : faded);
  }
}
