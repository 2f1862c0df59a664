package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application as it is packaged, in a process of its own; runs after {@code package}. */
class PackagedOperatorCheck {

  private final FakeApiServer kubernetes = new FakeApiServer();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Path scratch;
  private final List<Packaged> started = new ArrayList<>();

  PackagedOperatorCheck(@TempDir Path scratch) throws IOException {
    this.scratch = scratch;
  }

  /** A process of its own. */
  private record Packaged(Process process, int port, Path log) {}

  private Packaged start(String name) throws IOException {
    int port = freePort();
    Path log = scratch.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("QUARKUS_HTTP_PORT", "" + port);
    builder.environment().put("KUBERNETES_MASTER", kubernetes.url());
    builder.environment().put("KUBECONFIG", scratch.resolve("none").toString());
    builder.environment().put("KUBERNETES_NAMESPACE", "baton");
    builder.environment().put("HOSTNAME", name);
    Packaged operator = new Packaged(builder.start(), port, log);
    started.add(operator);
    return operator;
  }

  @AfterEach
  void close() {
    started.forEach(it -> it.process().destroyForcibly());
    http.close();
    kubernetes.close();
  }

  @Test
  void itReconcilesTellsItsHealthAndMetricsAndEndsWhenAskedTo() throws Exception {
    Packaged operator = start("one");
    awaitReady(operator);
    assertThat(get(operator, "/q/health/live")).isEqualTo("200");
    awaitReconciled(operator);

    String metrics = metrics(operator);
    assertThat(metrics).containsPattern("reconciliations_started_total\\{[^}]*} [1-9]");
    assertThat(metrics).contains("jvm_memory_used_bytes");
    assertThat(documentedMetrics())
        .hasSizeGreaterThan(8)
        .allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^" + name + "[{_ ]"));

    operator.process().destroy();
    assertThat(operator.process().waitFor(10, TimeUnit.SECONDS)).as("ends in time").isTrue();
    assertThat(operator.process().exitValue()).isEqualTo(128 + 15);
    assertThat(log(operator)).doesNotContain("ERROR").contains("Scaled from 0 to 3 workers");
  }

  @Test
  void rightsThatAreMissingAtTheStartAreSaidInALineAndWaitedFor() throws Exception {
    kubernetes.forbid(true);
    Packaged operator = start("early");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(Files.readString(operator.log()))
                .contains("this is forbidden: the operator cannot list it"));
    kubernetes.forbid(false);
    awaitReconciled(operator);
    assertThat(operator.process().isAlive()).as("it is the same process").isTrue();
    assertThat(Files.readString(operator.log())).doesNotContain("\tat ");
  }

  @Test
  void rightsThatAreTakenAwayForAWhileAreWaitedFor() throws Exception {
    Packaged operator = start("bereft");
    awaitReconciled(operator);
    kubernetes.forbid(true);
    await().atMost(Duration.ofSeconds(60)).until(() -> kubernetes.refusals() > 10);
    kubernetes.scale(5);
    kubernetes.forbid(false);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(log(operator)).contains("Scaled from 3 to 5 workers"));
    assertThat(operator.process().isAlive()).as("it is the same process").isTrue();
  }

  @Test
  void ofTwoOneActsAndTheOtherFollowsWhenItIsAskedToStop() throws Exception {
    Packaged first = start("first");
    awaitReconciled(first);
    Packaged second = start("second");
    awaitReady(second);
    assertThat(metrics(first)).contains("baton_operator_leader 1");
    assertThat(metrics(second))
        .contains("baton_operator_leader 0")
        .doesNotContainPattern("reconciliations_started_total\\{[^}]*} [1-9]");

    first.process().destroy();
    long asked = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() ->
            assertThat(metrics(second))
                .as(() -> log(first) + log(second))
                .contains("baton_operator_leader 1")
                .containsPattern("reconciliations_started_total\\{[^}]*} [1-9]"));
    System.out.printf(
        "SIGTERM to the next leader's first reconciliation: %d ms%n",
        (System.nanoTime() - asked) / 1_000_000);
    assertThat(first.process().waitFor(10, TimeUnit.SECONDS)).as("ends in time").isTrue();
    assertThat(first.process().exitValue()).isEqualTo(128 + 15);
    assertThat(log(first)).doesNotContain("ERROR");

    second.process().destroy();
    assertThat(second.process().waitFor(10, TimeUnit.SECONDS)).as("ends in time").isTrue();
  }

  private void awaitReady(Packaged operator) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(get(operator, "/q/health/ready")).as(() -> log(operator)).isEqualTo("200"));
  }

  private void awaitReconciled(Packaged operator) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(kubernetes.requests())
                .as(() -> log(operator))
                .anyMatch(it ->
                    it.startsWith("PATCH /apis/apps/v1/namespaces/ns/deployments/workers?")
                        && it.contains("fieldManager=baton-operator"))
                .anyMatch(it ->
                    it.startsWith(
                        "PATCH"
                            + " /apis/baton.dev/v1alpha1/namespaces/ns/workergroups/workers/status?"))
                .anyMatch(it -> it.equals("POST /api/v1/namespaces/ns/events")));
  }

  private String metrics(Packaged operator) throws IOException, InterruptedException {
    return http.send(request(operator, "/q/metrics"), BodyHandlers.ofString()).body();
  }

  /** Those that are there before anything has been decided. */
  private static List<String> documentedMetrics() throws IOException {
    return Pattern.compile("^\\| `(baton_operator_[a-z_]+)`", Pattern.MULTILINE)
        .matcher(Files.readString(Path.of("..", "docs", "workergroup.md")))
        .results()
        .map(it -> it.group(1))
        .filter(it -> !it.equals("baton_operator_scaling_decisions_total"))
        .toList();
  }

  private String log(Packaged operator) {
    try {
      return Files.readString(operator.log()) + kubernetes.requests();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String get(Packaged operator, String path) throws InterruptedException {
    try {
      return "" + http.send(request(operator, path), BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static HttpRequest request(Packaged operator, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + operator.port() + path)).build();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
