package dev.baton.operator.pods;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands. Pure.
 *
 * @param leaving whether it takes no pods, or is about to go
 * @param deadline when it is gone, if that is known
 * @param unreachable whether its kubelet is not heard
 * @param outOfService whether somebody vouches that it is off
 */
record NodeState(
    boolean leaving, @Nullable Instant deadline, boolean unreachable, boolean outOfService) {

  static final NodeState USUAL = new NodeState(false, null, false, false);

  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  /** Karpenter's: when the machine is ended, whatever runs. */
  private static final String DEADLINE = "karpenter.sh/nodeclaim-termination-timestamp";

  /** Taints that announce the end of a node; who knows others adds them. */
  static final Set<String> LEAVING_TAINTS =
      Set.of(
          "karpenter.sh/disrupted",
          "karpenter.sh/disruption",
          "ToBeDeletedByClusterAutoscaler",
          "aws-node-termination-handler/spot-itn",
          "aws-node-termination-handler/scheduled-maintenance",
          "aws-node-termination-handler/asg-lifecycle-termination",
          "aws-node-termination-handler/rebalance-recommendation",
          "cloud.google.com/impending-node-termination",
          "kubernetes.azure.com/scalesetpriority-eviction",
          "node.cloudprovider.kubernetes.io/shutdown",
          OUT_OF_SERVICE);

  static NodeState of(Node node, Set<String> leavingTaints) {
    List<Taint> taints =
        node.getSpec() == null || node.getSpec().getTaints() == null
            ? List.of()
            : node.getSpec().getTaints();
    boolean outOfService = taints.stream().anyMatch(it -> OUT_OF_SERVICE.equals(it.getKey()));
    boolean leaving =
        (node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
            || node.getMetadata().getDeletionTimestamp() != null
            || taints.stream().anyMatch(it -> leavingTaints.contains(it.getKey()));
    return new NodeState(leaving, leaving ? deadline(node) : null, isUnheard(node), outOfService);
  }

  private static @Nullable Instant deadline(Node node) {
    String text =
        node.getMetadata().getAnnotations() == null
            ? null
            : node.getMetadata().getAnnotations().get(DEADLINE);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static boolean isUnheard(Node node) {
    if (node.getStatus() == null || node.getStatus().getConditions() == null) {
      return false;
    }
    for (NodeCondition condition : node.getStatus().getConditions()) {
      if ("Ready".equals(condition.getType())) {
        return "Unknown".equals(condition.getStatus());
      }
    }
    return false;
  }
}
