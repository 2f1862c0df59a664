package dev.baton.operator.plan;

import dev.baton.operator.plan.Attendance.Presence;
import dev.baton.operator.resources.Wiring;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far the Deployment may follow when fewer workers are wished for, and which workers leave.
 *
 * <pre>
 *   chosen --annotated, drained at the server--> draining --empty, or its time is over--> may leave
 *      ^                                             |                   --cheapest to delete--> the
 *      '------ more are wished for: resumed ---------'                   Deployment is lowered
 * </pre>
 *
 * <p>A ReplicaSet deletes pods that are not ready first, then those of the lowest deletion cost.
 * The order here is the same, so that it deletes those that were chosen. Who is idle when it is
 * chosen is made the cheapest in the same write; the Deployment waits until all that are the
 * cheapest may leave, as nobody could say which of them goes.
 *
 * @param replicas what to give the Deployment now
 * @param leaving who gets no more work
 * @param free who of them may be deleted
 * @param cheap who of them is the cheapest to delete: who may be deleted, and who is idle
 * @param going who of them is taken off the Deployment now
 * @param handedOver who of those still has tasks: its time is over
 */
record ScaleIn(
    int replicas,
    List<WorkerPod> leaving,
    List<WorkerPod> free,
    List<WorkerPod> cheap,
    List<WorkerPod> going,
    List<WorkerPod> handedOver) {

  /** Where those are the cheapest that may be deleted. */
  ScaleIn(
      int replicas,
      List<WorkerPod> leaving,
      List<WorkerPod> free,
      List<WorkerPod> going,
      List<WorkerPod> handedOver) {
    this(replicas, leaving, free, free, going, handedOver);
  }

  /** Where the Deployment cannot be changed. */
  static ScaleIn none() {
    return new ScaleIn(0, List.of(), List.of(), List.of(), List.of());
  }

  /**
   * The next step.
   *
   * @param current what the Deployment was given last; null if there is none
   * @param holds whether to wait with it: during a roll nobody can say which pods would be deleted
   */
  static ScaleIn of(
      int desired,
      @Nullable Integer current,
      boolean holds,
      Workforce workforce,
      Duration drainTime,
      Instant now) {
    if (current == null) {
      return new ScaleIn(desired, List.of(), List.of(), List.of(), List.of());
    }
    if (!workforce.isComplete()) {
      return new ScaleIn(Math.max(desired, current), List.of(), List.of(), List.of(), List.of());
    }
    List<WorkerPod> active =
        workforce.pods().stream().filter(WorkerPod::isActive).sorted(order(workforce)).toList();
    int surplus = Math.max(0, active.size() - desired);
    // Taken off the Deployment already, and not deleted yet; in a roll, those that it has in
    // excess.
    int taken = Math.max(0, active.size() - current);
    int more = holds ? 0 : Math.max(0, active.size() - taken - desired);
    List<WorkerPod> chosen = active.subList(taken, taken + more);
    List<WorkerPod> leaving =
        active.subList(0, surplus).stream()
            .filter(it -> it.drainingSince() != null || chosen.contains(it))
            .toList();
    List<WorkerPod> free = new ArrayList<>();
    for (WorkerPod pod : leaving) {
      if (mayLeave(pod, workforce, drainTime, now)) {
        free.add(pod);
      } else if (!pod.isReady()) {
        break; // it would be deleted before all that come after it
      }
    }
    boolean isSure =
        active.stream()
            .filter(it -> Wiring.LEAVES_FIRST.equals(it.deletionCost()))
            .allMatch(free::contains);
    List<WorkerPod> goNow =
        chosen.stream()
            .filter(_ -> isSure)
            .filter(it -> free.contains(it) && Wiring.LEAVES_FIRST.equals(it.deletionCost()))
            .toList();
    int replicas = desired >= current || !holds ? desired + more - goNow.size() : current;
    return new ScaleIn(
        replicas,
        leaving,
        List.copyOf(free),
        leaving.stream().filter(it -> free.contains(it) || isIdle(it, workforce)).toList(),
        goNow,
        goNow.stream().filter(it -> !isEmpty(it, workforce)).toList());
  }

  /** Both, of two Deployments. */
  ScaleIn and(ScaleIn other) {
    return new ScaleIn(
        replicas,
        both(leaving, other.leaving),
        both(free, other.free),
        both(cheap, other.cheap),
        both(going, other.going),
        both(handedOver, other.handedOver));
  }

  private static List<WorkerPod> both(List<WorkerPod> some, List<WorkerPod> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  /** When the time of one of them is over, or null. */
  @Nullable Instant nextLook(Duration drainTime) {
    return leaving.stream()
        .filter(it -> !free.contains(it) && it.drainingSince() != null)
        .map(it -> it.drainingSince().plus(drainTime))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** As a ReplicaSet deletes them, and where it has no preference, who has least to lose. */
  private static Comparator<WorkerPod> order(Workforce workforce) {
    return Comparator.<WorkerPod>comparingInt(pod -> pod.node() == null ? 0 : 1)
        .thenComparingInt(pod ->
            switch (pod.life()) {
              case WorkerPod.Life.Starting(boolean pending) -> pending ? 0 : 1;
              case WorkerPod.Life.Ready _, WorkerPod.Life.Leaving _, WorkerPod.Life.Ended _ -> 2;
            })
        .thenComparingInt(pod -> Wiring.LEAVES_FIRST.equals(pod.deletionCost()) ? 0 : 1)
        .thenComparingInt(pod -> pod.drainingSince() != null ? 0 : 1)
        .thenComparingInt(pod -> pod.cordonedSince() != null ? 0 : 1)
        .thenComparingInt(workforce::load)
        .thenComparing(Comparator.comparing(WorkerPod::createdAt).reversed())
        .thenComparing(WorkerPod::name);
  }

  private static boolean mayLeave(
      WorkerPod pod, Workforce workforce, Duration drainTime, Instant now) {
    Instant since = pod.drainingSince();
    return since != null && (isEmpty(pod, workforce) || !now.isBefore(since.plus(drainTime)));
  }

  /** Whether it has nothing now; until it is drained it may get something. */
  private static boolean isIdle(WorkerPod pod, Workforce workforce) {
    Presence presence =
        workforce.attendance(pod) instanceof Attendance.Known known ? known.of(pod) : null;
    return presence != null && presence.load() == 0;
  }

  /** Whether nothing is lost with it, as far as the server tells. */
  private static boolean isEmpty(WorkerPod pod, Workforce workforce) {
    return switch (workforce.attendance(pod)) {
      case Attendance.Known known -> {
        Presence presence = known.of(pod);
        yield presence == null ? !pod.isReady() : presence.isEmpty();
      }
      case Attendance.Unknown _ -> !pod.isReady() && !Boolean.TRUE.equals(pod.connected());
      case Attendance.Untold _ -> true;
    };
  }
}
