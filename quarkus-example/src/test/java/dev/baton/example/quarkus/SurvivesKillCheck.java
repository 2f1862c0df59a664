package dev.baton.example.quarkus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The packaged application as processes, with a server as another. */
final class SurvivesKillCheck {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin/java").toString();

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endAll() throws InterruptedException {
    for (var process : processes) {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  @Test
  void anOrderOfAKilledWorkerIsFinishedByAnother() throws Exception {
    int server = free();
    start(
        List.of(
            JAVA,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            "../standalone/target/baton-standalone.jar",
            "dev.baton.standalone.WithParent",
            "dev",
            "--server-port",
            Integer.toString(server),
            "--observability-metrics-port",
            "0"),
        Map.of());
    int first = free();
    var killed = application("first", server, first);
    var before = ready(first);
    assertThat(
            before
                .post("/orders", "{\"item\":\"pencil\",\"count\":2}", "Idempotency-Key", "9")
                .statusCode())
        .isEqualTo(202);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(before.get("/approvals").body()).contains("order-9"));
    int second = free();
    application("second", server, second);
    var after = ready(second);

    killed.destroyForcibly(); // kill -9

    var decided = after.post("/orders/order-9/decision", "{\"approved\":true,\"by\":\"Ada\"}");
    assertThat(decided.statusCode()).isEqualTo(200);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          var done = after.get("/orders/order-9");
          assertThat(done.statusCode()).isEqualTo(200);
          assertThat(Http.json(done).get("receipt").toString())
              .isEqualTo(
                  "{\"item\":\"pencil\",\"cents\":500,\"reservedBy\":\"first\",\"approvedBy\":\"Ada\",\"chargedBy\":\"second\"}");
        });
  }

  @Test
  void aStoppedApplicationDrainsAndEndsWell() throws Exception {
    int server = free();
    int port = free();
    var application =
        application("only", server, port); // Its server is away, which must not matter.
    await().atMost(LIMIT).until(() -> answers(port));
    assertThat(new Http(at(port)).get("/q/health/ready").statusCode()).isEqualTo(503);
    application.destroy(); // SIGTERM
    assertThat(application.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(application.exitValue()).isEqualTo(143);
  }

  private static Http ready(int port) {
    await()
        .atMost(LIMIT)
        .until(
            () -> answers(port) && new Http(at(port)).get("/q/health/ready").statusCode() == 200);
    return new Http(at(port));
  }

  private static boolean answers(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static URI at(int port) {
    return URI.create("http://localhost:" + port);
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process application(String pid, int server, int port) throws IOException {
    return start(
        List.of(JAVA, "-XX:TieredStopAtLevel=1", "-jar", "target/quarkus-app/quarkus-run.jar"),
        Map.of(
            "RESONATE_URL",
            "http://localhost:" + server,
            "RESONATE_PID",
            pid,
            "RESONATE_DRAIN_TIMEOUT",
            "5",
            "QUARKUS_HTTP_PORT",
            Integer.toString(port)));
  }

  private Process start(List<String> command, Map<String, String> environment) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(Path.of("target/processes.log").toFile()));
    builder.environment().putAll(environment);
    var process = builder.start();
    processes.add(process);
    return process;
  }
}
