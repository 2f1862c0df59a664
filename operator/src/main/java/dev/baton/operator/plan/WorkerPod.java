package dev.baton.operator.plan;

import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.IpAddresses;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pod of a WorkerGroup, as far as plans depend on it.
 *
 * @param ips none before it has one, and where they are the node's and so name nobody
 * @param node null before it is scheduled
 * @param life how far it is
 * @param gated whether its readiness waits for the server to see its worker
 * @param connected what its condition says about that, or null if nothing yet
 * @param trouble why it does not get ready, or null
 * @param marks labels and annotations
 */
public record WorkerPod(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    List<String> ips,
    @Nullable String node,
    Instant createdAt,
    Life life,
    boolean gated,
    @Nullable Boolean connected,
    @Nullable String trouble,
    Marks marks) {

  /** How far a pod is. */
  public sealed interface Life {

    /** Not all of its containers are ready, or not all of its gates are open. */
    record Starting(boolean pending) implements Life {}

    /** Ready. */
    record Ready() implements Life {}

    /** It has been deleted and its processes may still run. */
    record Leaving() implements Life {}

    /** Its processes have ended for good. */
    record Ended() implements Life {}
  }

  static WorkerPod of(Pod pod) {
    PodCondition connected = condition(pod, Wiring.CONNECTED_CONDITION);
    return new WorkerPod(
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        pod.getMetadata().getResourceVersion(),
        IpAddresses.of(pod),
        pod.getSpec().getNodeName(),
        time(pod.getMetadata().getCreationTimestamp()),
        life(pod),
        isGated(pod),
        connected == null ? null : "True".equals(connected.getStatus()),
        Trouble.of(pod),
        new Marks(map(pod.getMetadata().getLabels()), map(pod.getMetadata().getAnnotations())));
  }

  /** Whether it counts as one of the workers that run or start. */
  boolean isActive() {
    return life instanceof Life.Starting || life instanceof Life.Ready;
  }

  boolean isReady() {
    return life instanceof Life.Ready;
  }

  /** Since when it is to leave, or null. */
  @Nullable Instant drainingSince() {
    return since(Wiring.DRAINING_SINCE);
  }

  /** Since when its node takes no pods, or null. */
  @Nullable Instant cordonedSince() {
    return since(Wiring.CORDONED_SINCE);
  }

  /** Whether it is of that server and group; one that does not say is. */
  boolean serves(GroupAddress address) {
    String server = marks.annotations().get(Wiring.SERVER_ANNOTATION);
    String group = marks.annotations().get(Wiring.GROUP_ANNOTATION);
    return (server == null || server.equals(address.server()))
        && (group == null || group.equals(address.group()));
  }

  /** Whether anything of it says that its worker is busy. */
  boolean isMarkedBusy(Set<String> ofTheTemplate) {
    return "true".equals(marks.labels().get(Wiring.BUSY_LABEL))
        || Wiring.LEAVES_LATE.equals(deletionCost())
        || (!ofTheTemplate.contains(Wiring.DO_NOT_DISRUPT)
            && "true".equals(marks.annotations().get(Wiring.DO_NOT_DISRUPT)));
  }

  @Nullable String deletionCost() {
    return marks.annotations().get(Wiring.DELETION_COST);
  }

  /** Where somebody wrote what is no time, long ago. */
  private @Nullable Instant since(String annotation) {
    String text = marks.annotations().get(annotation);
    return text == null ? null : time(text);
  }

  private static Life life(Pod pod) {
    PodStatus status = pod.getStatus();
    String phase = status == null ? null : status.getPhase();
    if ("Failed".equals(phase) || "Succeeded".equals(phase)) {
      return new Life.Ended();
    }
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      return new Life.Leaving();
    }
    PodCondition ready = condition(pod, "Ready");
    return ready != null && "True".equals(ready.getStatus())
        ? new Life.Ready()
        : new Life.Starting(!"Running".equals(phase));
  }

  private static boolean isGated(Pod pod) {
    return pod.getSpec().getReadinessGates() != null
        && pod.getSpec().getReadinessGates().stream()
            .anyMatch(it -> Wiring.CONNECTED_CONDITION.equals(it.getConditionType()));
  }

  static @Nullable PodCondition condition(Pod pod, String type) {
    List<PodCondition> conditions =
        pod.getStatus() == null ? null : pod.getStatus().getConditions();
    return conditions == null
        ? null
        : conditions.stream().filter(it -> type.equals(it.getType())).findFirst().orElse(null);
  }

  private static Map<String, String> map(@Nullable Map<String, String> given) {
    return given == null ? Map.of() : given;
  }

  private static Instant time(@Nullable String text) {
    try {
      return text == null ? Instant.EPOCH : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  /** What is written on a pod. */
  public record Marks(Map<String, String> labels, Map<String, String> annotations) {}
}
