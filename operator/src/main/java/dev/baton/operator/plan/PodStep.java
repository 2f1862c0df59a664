package dev.baton.operator.plan;

/** Something to be done with one pod. */
public sealed interface PodStep {

  /** Which one. */
  WorkerPod pod();

  /** Says on the pod whether its worker is connected. */
  record SayConnected(WorkerPod pod, boolean connected, String reason, String message)
      implements PodStep {}
}
