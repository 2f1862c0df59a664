package dev.baton.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A WorkerGroup of the cluster, as its user and the server see it. */
record Group(Cluster cluster, String name) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(3);

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

  String get(String jsonPath) {
    return cluster.kubectl("get", resource(), "-o", "jsonpath=" + jsonPath);
  }

  /** Fields of one condition. */
  String condition(String type, String fields) {
    return get("{range .status.conditions[?(@.type==\"" + type + "\")]}" + fields + "{end}");
  }

  void patch(String mergePatch) {
    cluster.kubectl("patch", resource(), "--type=merge", "-p", mergePatch);
  }

  void scale(int replicas) {
    cluster.kubectl("scale", resource(), "--replicas=" + replicas);
  }

  void await(String jsonPath, String value) {
    Awaitility.await(name + ": " + jsonPath + " is " + value)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            // A kubectl that fails is asked again, as its user would.
            () -> cluster.tryKubectl("get", resource(), "-o", "jsonpath=" + jsonPath).output(),
            value::equals);
  }

  /** Waits until there are so many pods, all of them ready, and their workers connected. */
  void awaitWorkers(int workers) {
    await(
        "{.status.connectedWorkers} {.status.readyReplicas} {.status.replicas}",
        "%1$d %1$d %1$d".formatted(workers));
  }

  /** The pods that are not about to end. */
  List<Pod> pods() {
    return cluster
        .ask(client ->
            client
                .pods()
                .inNamespace(Cluster.NAMESPACE)
                .withLabel("baton.dev/workergroup", name)
                .list())
        .getItems()
        .stream()
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
    var path = "/api/v1/namespaces/baton/services/baton-server:8001/proxy/groups/" + name;
    var json = cluster.ask(client -> client.raw(path));
    try {
      return JSON.readTree(json == null ? "{}" : json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a group: " + json, e);
    }
  }
}
