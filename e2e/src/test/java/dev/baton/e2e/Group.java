package dev.baton.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A WorkerGroup of the cluster, as its user and the server see it. */
record Group(Cluster cluster, String name) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LABEL = "baton.dev/workergroup";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** As a jsonpath names it. */
  private static final Pattern FIELD = Pattern.compile("\\{((?:\\.\\w+)+)}");

  /** Makes it, or changes it: workers of that image with a slot each; more fields in YAML. */
  void apply(String image, String fields) {
    cluster
        .tryApply(
            """
            apiVersion: baton.dev/v1alpha1
            kind: WorkerGroup
            metadata: {name: %s, namespace: %s}
            spec:
              slots: 1
              drainTimeout: 30s
              server: {url: "http://baton-server.baton:8001"}
            %s  template:
                spec:
                  automountServiceAccountToken: false
                  securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
                  containers:
                  - name: worker
                    image: %s
                    imagePullPolicy: IfNotPresent
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                    volumeMounts: [{name: tmp, mountPath: /tmp}]
                  volumes: [{name: tmp, emptyDir: {}}]
            """
                .formatted(name, Cluster.NAMESPACE, fields.stripTrailing().indent(2), image))
        .orFail("applying " + name);
  }

  /** For kubectl. */
  String resource() {
    return "workergroup/" + name;
  }

  /**
   * A text with fields of the resource, such as <code>{.status.replicas}</code>, as kubectl gives
   * them: empty where there is none. Asked again and again, a kubectl on the node would compute
   * half of the time, and so slow down the pods that are waited for.
   */
  String get(String text) {
    return fill(text, resourceNow());
  }

  /** The same of one condition; empty when it is not there. */
  String condition(String type, String text) {
    return resourceNow()
        .at("/status/conditions")
        .valueStream()
        .filter(it -> it.path("type").asText().equals(type))
        .map(it -> fill(text, it))
        .collect(Collectors.joining());
  }

  private JsonNode resourceNow() {
    return ask("/apis/baton.dev/v1alpha1/namespaces/baton/workergroups/" + name);
  }

  private static String fill(String text, JsonNode from) {
    return FIELD
        .matcher(text)
        .replaceAll(
            it -> Matcher.quoteReplacement(from.at(it.group(1).replace('.', '/')).asText()));
  }

  void patch(String mergePatch) {
    cluster.kubectl("patch", resource(), "--type=merge", "-p", mergePatch);
  }

  void scale(int replicas) {
    cluster.kubectl("scale", resource(), "--replicas=" + replicas);
  }

  void await(String text, String value) {
    Awaitility.await(name + ": " + text + " is " + value)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        // Who is refused asks again, as a user would.
        .ignoreException(KubernetesClientException.class)
        .until(() -> get(text), value::equals);
  }

  /** Waits until there are so many pods, all of them ready, and their workers connected. */
  void awaitWorkers(int workers) {
    await(
        "{.status.connectedWorkers} {.status.readyReplicas} {.status.replicas}",
        "%1$d %1$d %1$d".formatted(workers));
  }

  /** The pods that are not about to end. */
  List<Pod> pods() {
    return cluster.pods(LABEL, name).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  Set<String> podNames() {
    return pods().stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
  }

  /** Reason and message of each event, in their order. */
  String events() {
    return cluster.kubectl(
        "get",
        "events",
        "--field-selector=involvedObject.kind=WorkerGroup,involvedObject.name=" + name,
        "--sort-by=.metadata.creationTimestamp",
        "-o",
        "jsonpath={range .items[*]}{.reason} {.message}{\"\\n\"}{end}");
  }

  /** What the server knows of it, by its groups API. */
  JsonNode atServer() {
    return ask("/api/v1/namespaces/baton/services/baton-server:8001/proxy/groups/" + name);
  }

  private JsonNode ask(String path) {
    var json = cluster.ask(client -> client.raw(path));
    try {
      return JSON.readTree(json == null ? "{}" : json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a group: " + json, e);
    }
  }
}
