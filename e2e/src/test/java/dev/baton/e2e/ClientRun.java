package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A run of the client as a Job: that of deploy/client-job.yaml under another name, with other
 * arguments.
 */
final class ClientRun {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A log follows what it tells of, and a request for it may fail. */
  private static final Duration TELLING = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final String runId;
  private final int calls;

  private ClientRun(Cluster cluster, String runId, int calls) {
    this.cluster = cluster;
    this.runId = runId;
    this.calls = calls;
  }

  /** Calls of the group {@code workers}. */
  static ClientRun start(Cluster cluster, String runId, int calls, int minCost, int maxCost) {
    return start(cluster, "workers", runId, calls, minCost, maxCost);
  }

  /** Calls whose costs are drawn from the range, the same ones for the same run id. */
  static ClientRun start(
      Cluster cluster, String group, String runId, int calls, int minCost, int maxCost) {
    return start(cluster, job(cluster), group, runId, calls, minCost, maxCost);
  }

  /** The same with the token of a Secret, as a file that is read again. */
  static ClientRun startWithToken(
      Cluster cluster, String secret, String runId, int calls, int minCost, int maxCost) {
    return start(
        cluster, withToken(job(cluster), secret), "workers", runId, calls, minCost, maxCost);
  }

  private static Job job(Cluster cluster) {
    var manifest = Shell.root().resolve("deploy/client-job.yaml");
    return cluster.client().batch().v1().jobs().load(manifest.toFile()).item();
  }

  private static ClientRun start(
      Cluster cluster, Job job, String group, String runId, int calls, int minCost, int maxCost) {
    var run =
        withArguments(
            job,
            runId,
            List.of(
                "--json",
                "--group=" + group,
                "--run-id=" + runId,
                "--calls=" + calls,
                "--min-cost=" + minCost,
                "--max-cost=" + maxCost));
    cluster.ask(client -> client.resource(run).inNamespace(Cluster.NAMESPACE).serverSideApply());
    return new ClientRun(cluster, runId, calls);
  }

  private static Job withArguments(Job job, String name, List<String> arguments) {
    return new JobBuilder(job)
        .editMetadata()
        .withName(name)
        .withGenerateName(null)
        .endMetadata()
        .editSpec()
        .editTemplate()
        .editSpec()
        .editFirstContainer()
        .withArgs(arguments)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Job withToken(Job job, String secret) {
    return new JobBuilder(job)
        .editSpec()
        .editTemplate()
        .editSpec()
        .editFirstContainer()
        .addNewEnv()
        .withName("RESONATE_TOKEN_FILE")
        .withValue("/var/run/secrets/token/token")
        .endEnv()
        .addNewVolumeMount()
        .withName("token")
        .withMountPath("/var/run/secrets/token")
        .endVolumeMount()
        .endContainer()
        .addNewVolume()
        .withName("token")
        .withNewSecret()
        .withSecretName(secret)
        .endSecret()
        .endVolume()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** The calls' ids. */
  List<String> ids() {
    return IntStream.rangeClosed(1, calls).mapToObj(number -> runId + "-" + number).toList();
  }

  /** When it had dispatched its first call. */
  Instant firstDispatch() {
    return await("the job's first dispatch")
        .atMost(TELLING)
        .until(this::dispatchTold, Optional::isPresent)
        .orElseThrow();
  }

  private Optional<Instant> dispatchTold() {
    return cluster
        .tryKubectl("logs", "--timestamps", "job/" + runId)
        .output()
        .lines()
        .filter(line -> line.contains("\"event\":\"dispatched\""))
        .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
        .findFirst();
  }

  /** What it has printed so far. */
  Stream<JsonNode> events() {
    return cluster.tryKubectl("logs", "job/" + runId).output().lines().flatMap(ClientRun::parse);
  }

  /** Waits for the Job; fails unless every call succeeded. Returns the events of the successes. */
  List<JsonNode> succeeds(Duration limit) {
    await("job " + runId)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> conditions().anyMatch(type -> type.equals("Complete") || type.equals("Failed")));
    assertThat(conditions())
        .as("the conditions of job %s, which printed: %s", runId, events().toList())
        .contains("Complete");
    return await("the job's word on each call")
        .atMost(TELLING)
        .until(this::successes, it -> it.size() == calls);
  }

  private List<JsonNode> successes() {
    return events().filter(event -> event.path("event").asText().equals("succeeded")).toList();
  }

  private Stream<String> conditions() {
    var job =
        cluster.ask(client ->
            client.batch().v1().jobs().inNamespace(Cluster.NAMESPACE).withName(runId).require());
    return job.getStatus().getConditions().stream()
        .filter(condition -> condition.getStatus().equals("True"))
        .map(condition -> condition.getType());
  }

  private static Stream<JsonNode> parse(String line) {
    try {
      return line.startsWith("{") ? Stream.of(JSON.readTree(line)) : Stream.empty();
    } catch (JsonProcessingException e) {
      return Stream.empty(); // A line that is not the client's.
    }
  }
}
