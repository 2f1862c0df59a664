package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec.TokenSecretRef;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupAddress.SecretKey;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which server a WorkerGroup and each of its pods belong to. A pod carries it in annotations, so
 * that its end can be reported when its WorkerGroup is gone, or has been changed since.
 */
public final class Wiring {

  /** How all that is ours begins. */
  public static final String PREFIX = "baton.dev/";

  /** On WorkerGroups, "true": autoscaling leaves the number as it is. */
  public static final String AUTOSCALING_PAUSED = "baton.dev/autoscaling-paused";

  /** On WorkerGroups: autoscaling wishes for no fewer, whatever min says. */
  public static final String AUTOSCALING_FLOOR = "baton.dev/autoscaling-floor";

  /** On Deployments and pods: the name of their WorkerGroup. */
  public static final String WORKER_GROUP_LABEL = "baton.dev/workergroup";

  /** On Deployments and pods: who made them. */
  public static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";

  /** The value of {@link #MANAGED_BY_LABEL}, and the owner of fields in server-side apply. */
  public static final String OPERATOR = "baton-operator";

  /** On pods, a condition and a readiness gate: the server sees the worker connected. */
  public static final String CONNECTED_CONDITION = "baton.dev/connected";

  /** On pods that a worker is busy in; what the disruption budget selects. */
  public static final String BUSY_LABEL = "baton.dev/busy";

  /** On pods that were chosen to leave: since when. */
  public static final String DRAINING_SINCE = "baton.dev/draining-since";

  /** On pods whose node takes no pods any more: since when that is known. */
  public static final String CORDONED_SINCE = "baton.dev/cordoned-since";

  /** On pods: which of equal ones a ReplicaSet deletes first, the lowest. */
  public static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  /** The cost of a pod that is to be deleted next. */
  public static final String LEAVES_FIRST = "-1000";

  /** The cost of a pod that is busy. */
  public static final String LEAVES_LATE = "1000";

  /** On pods, for the Kubernetes cluster autoscaler. */
  public static final String SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict";

  /** On pods, for Karpenter. */
  public static final String DO_NOT_DISRUPT = "karpenter.sh/do-not-disrupt";

  /** On pods: the URL of their server. */
  public static final String SERVER_ANNOTATION = "baton.dev/server";

  /** On pods: the group that they serve. */
  public static final String GROUP_ANNOTATION = "baton.dev/group";

  /** On pods of the Deployment beside the first one: {@link #NEXT}. */
  public static final String TRACK_LABEL = "baton.dev/track";

  /** The value of {@link #TRACK_LABEL}, and the end of that Deployment's name. */
  public static final String NEXT = "next";

  /** On Deployments of a rollout, and pods of the one beside the first: which template it is. */
  public static final String REVISION = "baton.dev/revision";

  /** On WorkerGroups: lets a rollout go on that waits for somebody. */
  public static final String ROLLOUT_CONTINUE = "baton.dev/rollout-continue";

  static final String TOKEN_ANNOTATION = "baton.dev/token-secret";

  private Wiring() {}

  /** The group that a WorkerGroup serves. */
  public static GroupAddress addressOf(WorkerGroup group) {
    TokenSecretRef token = group.getSpec().server().tokenSecretRef();
    return new GroupAddress(
        url(group),
        group.groupName(),
        token == null
            ? null
            : new SecretKey(
                group.getMetadata().getNamespace(), token.name(), token.keyOrDefault()));
  }

  /** The token of which another one replaces the pods; null if none does. */
  public static @Nullable SecretKey rollingToken(WorkerGroup group) {
    return group.getSpec().server().isTokenAFile() ? null : addressOf(group).token();
  }

  /** The group that a pod serves, or null if it does not say. */
  public static @Nullable GroupAddress addressOf(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String server = annotations == null ? null : annotations.get(SERVER_ANNOTATION);
    String group = annotations == null ? null : annotations.get(GROUP_ANNOTATION);
    if (server == null || group == null) {
      return null;
    }
    String token = annotations.get(TOKEN_ANNOTATION);
    int slash = token == null ? -1 : token.indexOf('/');
    return new GroupAddress(
        server,
        group,
        token == null || slash < 0
            ? null
            : new SecretKey(
                pod.getMetadata().getNamespace(),
                token.substring(0, slash),
                token.substring(slash + 1)));
  }

  /** The server's URL without the slash at its end, which some SDKs would double. */
  static String url(WorkerGroup group) {
    String url = group.getSpec().server().url();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** What {@link #addressOf(Pod)} reads. */
  static Map<String, String> annotations(WorkerGroup group) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(SERVER_ANNOTATION, url(group));
    annotations.put(GROUP_ANNOTATION, group.groupName());
    TokenSecretRef token = group.getSpec().server().tokenSecretRef();
    if (token != null) {
      annotations.put(TOKEN_ANNOTATION, token.name() + "/" + token.keyOrDefault());
    }
    return annotations;
  }

  /** What selects the pods of a WorkerGroup; never changes in its life. */
  public static Map<String, String> selector(WorkerGroup group) {
    return Map.of(WORKER_GROUP_LABEL, group.getMetadata().getName());
  }

  /** The same as {@code kubectl -l} takes it. */
  public static String selectorText(WorkerGroup group) {
    return WORKER_GROUP_LABEL + "=" + group.getMetadata().getName();
  }

  /** The labels of what it owns. */
  public static Map<String, String> labels(WorkerGroup group) {
    return Map.of(WORKER_GROUP_LABEL, group.getMetadata().getName(), MANAGED_BY_LABEL, OPERATOR);
  }
}
