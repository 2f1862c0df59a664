package dev.baton.operator.pods;

import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.IpAddresses;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod as the server knows it.
 *
 * @param name also the pid of its worker, unless the image's SDK makes its own
 * @param ips none before it has one, and where they are the node's and so name nobody
 */
record PodWorker(
    String uid,
    String namespace,
    String name,
    List<String> ips,
    String workerGroup,
    GroupAddress address) {

  /** Null for a pod that does not say which server it belongs to. */
  static @Nullable PodWorker of(Pod pod) {
    GroupAddress address = Wiring.addressOf(pod);
    String workerGroup = pod.getMetadata().getLabels().get(Wiring.WORKER_GROUP_LABEL);
    if (address == null || workerGroup == null) {
      return null;
    }
    return of(pod, address, workerGroup);
  }

  private static PodWorker of(Pod pod, GroupAddress address, String workerGroup) {
    return new PodWorker(
        pod.getMetadata().getUid(),
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        IpAddresses.of(pod),
        workerGroup,
        address);
  }
}
