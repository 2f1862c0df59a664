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
   * @param inTurn whether it is not urgent: no more than so many of these are done a second
   */
  record Mark(
      WorkerPod pod,
      Map<String, @Nullable String> labels,
      Map<String, @Nullable String> annotations,
      boolean inTurn)
      implements PodStep {}

  /** Tells the server something about the workers of the pod. */
  record Tell(WorkerPod pod, Signal signal, List<String> pids) implements PodStep {}
}
