package dev.baton.operator.plan;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why a pod does not get ready, in words, if Kubernetes says so. */
final class Trouble {

  private static final Set<String> USUAL = Set.of("ContainerCreating", "PodInitializing");

  private Trouble() {}

  /** Null for a pod that only needs time. */
  static @Nullable String of(Pod pod) {
    if (pod.getStatus() == null) {
      return null;
    }
    PodCondition scheduled = WorkerPod.condition(pod, "PodScheduled");
    if (scheduled != null
        && "False".equals(scheduled.getStatus())
        && scheduled.getMessage() != null) {
      return scheduled.getMessage();
    }
    for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
      String trouble = container.getState() == null ? null : of(container);
      if (trouble != null) {
        return "container " + container.getName() + ": " + trouble;
      }
    }
    return null;
  }

  private static @Nullable String of(ContainerStatus container) {
    ContainerStateWaiting waiting = container.getState().getWaiting();
    if (waiting != null && waiting.getReason() != null && !USUAL.contains(waiting.getReason())) {
      return waiting.getMessage() == null
          ? waiting.getReason()
          : waiting.getReason() + ", " + waiting.getMessage();
    }
    ContainerStateTerminated ended = container.getState().getTerminated();
    return ended == null ? null : "has ended with exit code " + ended.getExitCode();
  }
}
