package dev.baton.operator.plan;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod may be called ready: when the server sees its worker connected. Once it was, it
 * stays so while the server is away, and for a moment in which its worker connects again. As
 * Kubernetes takes a gate that nobody has written for a closed one, a pod that starts is written
 * once, when its worker is seen, unless that takes longer than such a moment.
 */
final class Readiness {

  /** A worker comes back within seconds, also to a server that was started anew. */
  static final Duration RECONNECT = Duration.ofSeconds(10);

  private Readiness() {}

  /** The condition of a pod. */
  record Verdict(boolean connected, String reason, String message) {}

  /** What to write on the pod, or null if it is right or nothing is known. */
  static @Nullable Verdict of(WorkerPod pod, Attendance attendance, PodTrace trace, Instant now) {
    if (!pod.gated() || !pod.isActive()) {
      return null;
    }
    Verdict verdict =
        switch (attendance) {
          case Attendance.Known known when known.of(pod) != null ->
              new Verdict(true, "Connected", "the server sees the worker connected");
          case Attendance.Known _ when isAwaited(pod, trace, now) -> null;
          case Attendance.Known _ ->
              new Verdict(false, "NotConnected", "the server does not see the worker connected");
          case Attendance.Untold _ ->
              new Verdict(true, "NoGroupsApi", "the server does not tell who is connected to it");
          case Attendance.Unknown _ -> null;
        };
    return verdict == null || Boolean.valueOf(verdict.connected).equals(pod.connected())
        ? null
        : verdict;
  }

  /** When a pod whose worker is not connected is to be looked at again, or null. */
  static @Nullable Instant nextLook(WorkerPod pod, PodTrace trace) {
    return trace.lostSince() != null && pod.gated() && pod.isActive() && !isSaidToBeAway(pod)
        ? trace.lostSince().plus(RECONNECT)
        : null;
  }

  /** Whether its worker is about to connect, for the first time or again. */
  private static boolean isAwaited(WorkerPod pod, PodTrace trace, Instant now) {
    return !isSaidToBeAway(pod)
        && (trace.lostSince() == null || now.isBefore(trace.lostSince().plus(RECONNECT)));
  }

  private static boolean isSaidToBeAway(WorkerPod pod) {
    return Boolean.FALSE.equals(pod.connected());
  }
}
