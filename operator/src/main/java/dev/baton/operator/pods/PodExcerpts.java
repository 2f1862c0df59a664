package dev.baton.operator.pods;

import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps of pods what the operator reads: a tenth of their size. What many pods have in common, such
 * as the names of labels, is kept once.
 */
public final class PodExcerpts extends BasicItemStore<Pod> {

  private static final Set<String> ANNOTATIONS =
      Set.of(
          Wiring.DELETION_COST,
          Wiring.SAFE_TO_EVICT,
          Wiring.DO_NOT_DISRUPT,
          "kubectl.kubernetes.io/default-container");

  /** What is empty is so for all of them. */
  private static final Map<String, Object> NOTHING = Map.of();

  private static final PodReadinessGate CONNECTED =
      new PodReadinessGate(Wiring.CONNECTED_CONDITION);

  PodExcerpts() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public Pod put(String key, Pod pod) {
    return super.put(key, of(pod));
  }

  /** The excerpt. */
  public static Pod of(Pod pod) {
    Pod excerpt = new Pod();
    excerpt.setAdditionalProperties(NOTHING);
    excerpt.setMetadata(metadata(pod.getMetadata()));
    if (pod.getSpec() != null) {
      excerpt.setSpec(spec(pod.getSpec()));
    }
    if (pod.getStatus() != null) {
      excerpt.setStatus(status(pod.getStatus()));
    }
    return excerpt;
  }

  private static ObjectMeta metadata(ObjectMeta given) {
    ObjectMeta metadata = new ObjectMeta();
    metadata.setAdditionalProperties(NOTHING);
    metadata.setFinalizers(List.of());
    metadata.setManagedFields(List.of());
    metadata.setNamespace(shared(given.getNamespace()));
    metadata.setName(given.getName());
    metadata.setUid(given.getUid());
    metadata.setResourceVersion(given.getResourceVersion());
    metadata.setCreationTimestamp(given.getCreationTimestamp());
    metadata.setDeletionTimestamp(given.getDeletionTimestamp());
    metadata.setLabels(shared(given.getLabels(), false));
    metadata.setAnnotations(shared(given.getAnnotations(), true));
    metadata.setOwnerReferences(List.of());
    return metadata;
  }

  private static PodSpec spec(PodSpec given) {
    PodSpec spec = new PodSpec();
    spec.setAdditionalProperties(NOTHING);
    spec.setEphemeralContainers(List.of());
    spec.setHostAliases(List.of());
    spec.setImagePullSecrets(List.of());
    spec.setInitContainers(List.of());
    spec.setResourceClaims(List.of());
    spec.setSchedulingGates(List.of());
    spec.setTolerations(List.of());
    spec.setTopologySpreadConstraints(List.of());
    spec.setVolumes(List.of());
    spec.setNodeName(shared(given.getNodeName()));
    spec.setHostNetwork(given.getHostNetwork());
    spec.setReadinessGates(given.getReadinessGates().stream().map(PodExcerpts::gate).toList());
    spec.setTerminationGracePeriodSeconds(given.getTerminationGracePeriodSeconds());
    spec.setContainers(given.getContainers().stream().map(PodExcerpts::named).toList());
    return spec;
  }

  private static Container named(Container given) {
    Container container = new Container();
    container.setAdditionalProperties(NOTHING);
    container.setArgs(List.of());
    container.setCommand(List.of());
    container.setEnv(List.of());
    container.setEnvFrom(List.of());
    container.setPorts(List.of());
    container.setResizePolicy(List.of());
    container.setVolumeDevices(List.of());
    container.setVolumeMounts(List.of());
    container.setName(shared(given.getName()));
    return container;
  }

  private static PodStatus status(PodStatus given) {
    PodStatus status = new PodStatus();
    status.setAdditionalProperties(NOTHING);
    status.setEphemeralContainerStatuses(List.of());
    status.setHostIPs(List.of());
    status.setResourceClaimStatuses(List.of());
    status.setPhase(shared(given.getPhase()));
    status.setReason(given.getReason());
    status.setMessage(given.getMessage());
    status.setPodIP(given.getPodIP());
    status.setPodIPs(given.getPodIPs());
    status.setConditions(given.getConditions().stream().map(PodExcerpts::condition).toList());
    status.setContainerStatuses(
        given.getContainerStatuses().stream().map(PodExcerpts::container).toList());
    status.setInitContainerStatuses(
        given.getInitContainerStatuses().stream().map(PodExcerpts::container).toList());
    return status;
  }

  private static PodCondition condition(PodCondition given) {
    PodCondition condition = new PodCondition();
    condition.setAdditionalProperties(NOTHING);
    condition.setType(shared(given.getType()));
    condition.setStatus(shared(given.getStatus()));
    condition.setReason(shared(given.getReason()));
    condition.setMessage(shared(given.getMessage()));
    return condition;
  }

  private static ContainerStatus container(ContainerStatus given) {
    ContainerStatus status = new ContainerStatus();
    status.setAdditionalProperties(NOTHING);
    status.setAllocatedResourcesStatus(List.of());
    status.setVolumeMounts(List.of());
    status.setName(shared(given.getName()));
    status.setState(given.getState());
    status.setLastState(given.getLastState());
    status.setRestartCount(given.getRestartCount());
    return status;
  }

  private static Map<String, String> shared(@Nullable Map<String, String> given, boolean ours) {
    Map<String, String> all = new HashMap<>();
    if (given != null) {
      given.forEach((key, value) -> {
        if (!ours || ANNOTATIONS.contains(key) || key.startsWith(Wiring.PREFIX)) {
          all.put(shared(key), shared(value == null ? "" : value));
        }
      });
    }
    return Map.copyOf(all);
  }

  private static PodReadinessGate gate(PodReadinessGate given) {
    return Wiring.CONNECTED_CONDITION.equals(given.getConditionType()) ? CONNECTED : given;
  }

  @SuppressWarnings("NullAway") // fields of Kubernetes objects take null
  private static String shared(@Nullable String text) {
    return text == null ? null : text.intern();
  }
}
