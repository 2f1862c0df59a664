package dev.baton.operator.pods;

import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.Nullable;

/**
 * A pod as the server knows it.
 *
 * @param name also the pid of its worker, unless the image's SDK makes its own
 * @param ip null before it has one, and where it is the node's and so names nobody
 */
record PodWorker(
    String uid,
    String namespace,
    String name,
    @Nullable String ip,
    String workerGroup,
    GroupAddress address) {

  /** Null for a pod that does not say which server it belongs to. */
  static @Nullable PodWorker of(Pod pod) {
    GroupAddress address = Wiring.addressOf(pod);
    String workerGroup = pod.getMetadata().getLabels().get(Wiring.WORKER_GROUP_LABEL);
    if (address == null || workerGroup == null) {
      return null;
    }
    boolean ownIp = !Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
    return new PodWorker(
        pod.getMetadata().getUid(),
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        ownIp && pod.getStatus() != null ? pod.getStatus().getPodIP() : null,
        workerGroup,
        address);
  }
}
