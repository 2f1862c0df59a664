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
  private final int port = freePort();
  private final Path log;
  private final Process operator;

  PackagedOperatorCheck(@TempDir Path scratch) throws IOException {
    log = scratch.resolve("log");
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
    operator = builder.start();
  }

  @AfterEach
  void close() {
    operator.destroyForcibly();
    http.close();
    kubernetes.close();
  }

  @Test
  void itReconcilesTellsItsHealthAndMetricsAndEndsWhenAskedTo() throws Exception {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(get("/q/health/ready")).as(this::log).isEqualTo("200"));
    assertThat(get("/q/health/live")).isEqualTo("200");
    await()
        .untilAsserted(() ->
            assertThat(kubernetes.requests())
                .anyMatch(it ->
                    it.startsWith("PATCH /apis/apps/v1/namespaces/ns/deployments/workers?")
                        && it.contains("fieldManager=baton-operator"))
                .anyMatch(it ->
                    it.startsWith(
                        "PATCH /apis/baton.dev/v1alpha1/namespaces/ns/workergroups/workers/status?"))
                .anyMatch(it -> it.equals("POST /api/v1/namespaces/ns/events")));

    String metrics = http.send(request("/q/metrics"), BodyHandlers.ofString()).body();
    assertThat(metrics).containsPattern("reconciliations_started_total\\{[^}]*} [1-9]");
    assertThat(metrics).contains("jvm_memory_used_bytes");
    assertThat(documentedMetrics())
        .hasSizeGreaterThan(8)
        .allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^" + name + "[{_ ]"));

    operator.destroy();
    assertThat(operator.waitFor(10, TimeUnit.SECONDS)).as("ends in time").isTrue();
    assertThat(operator.exitValue()).isEqualTo(128 + 15);
    assertThat(log()).doesNotContain("ERROR").contains("Scaled from 0 to 3 workers");
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

  private String log() {
    try {
      return Files.readString(log) + kubernetes.requests();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String get(String path) throws InterruptedException {
    try {
      return "" + http.send(request(path), BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
