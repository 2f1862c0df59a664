package dev.baton.operator.pods;

import dev.baton.operator.server.Signal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server is to be told about a pod. */
sealed interface PodSignal {

  PodWorker worker();

  /**
   * It is about to stop.
   *
   * @param isKnown whether users know already that it leaves, or it has never run a worker
   */
  record Draining(PodWorker worker, String why, boolean isKnown) implements PodSignal {}

  /** It was about to stop and stays after all. */
  record Staying(PodWorker worker) implements PodSignal {}

  /**
   * Nothing of it will run again.
   *
   * @param isExpected whether it was to leave
   * @param mayRunOn whether its processes may still run for a while: its end was not seen, only
   *     that the object is not there any more, as after a forced deletion
   * @param endedAt in whole seconds, rounded down, by the node's clock; null where it was not seen
   */
  record Gone(
      PodWorker worker, String why, boolean isExpected, boolean mayRunOn, @Nullable Instant endedAt)
      implements PodSignal {}

  /**
   * The worker's process has ended and the kubelet starts it again, in the same pod and so with the
   * same pid.
   *
   * @param endedAt in whole seconds, rounded down, by the node's clock
   */
  record ProcessEnded(PodWorker worker, String why, Instant endedAt) implements PodSignal {}

  /**
   * What a plan wants.
   *
   * @param pids of the workers that are meant
   */
  record Wanted(PodWorker worker, Signal signal, List<String> pids) implements PodSignal {}
}
