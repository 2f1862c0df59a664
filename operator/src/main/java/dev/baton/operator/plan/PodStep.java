package dev.baton.operator.plan;

import dev.baton.operator.server.Signal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something to be done with one pod. Where one fails, those of the same pod after it wait. */
public sealed interface PodStep {

  /** Which one. */
  WorkerPod pod();

  /** Says on the pod whether its worker is connected. */
  record SayConnected(WorkerPod pod, boolean connected, String reason, String message)
      implements PodStep {}

  /**
   * Writes on the pod; null takes off.
   *
   * @param when whether it is urgent
   */
  record Mark(
      WorkerPod pod,
      Map<String, @Nullable String> labels,
      Map<String, @Nullable String> annotations,
      When when)
      implements PodStep {

    /** How urgent it is: of what is not, no more than so many are done a second. */
    public enum When {
      /** Somebody is about to choose which pods leave. */
      AT_ONCE,
      /** It is busy for the first time in a while. */
      BUSY_IN_TURN,
      /** It is busy no more. */
      IDLE_IN_TURN
    }

    /** Whether it waits for its turn. */
    boolean inTurn() {
      return when != When.AT_ONCE;
    }
  }

  /** Tells the server something about the workers of the pod. */
  record Tell(WorkerPod pod, Signal signal, List<String> pids) implements PodStep {}
}
