package dev.baton.example.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.PromiseRecord.State;
import dev.baton.sdk.Resonate;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The application as processes, with a server in this one. */
final class SurvivesKillIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Process> processes = new ArrayList<>();
  private final BatonServer server = BatonServer.start(ServerConfig.of(Layers.inMemory()));

  @AfterEach
  void endAll() throws InterruptedException {
    for (var process : processes) {
      process.destroyForcibly();
      process.waitFor();
    }
    http.shutdownNow();
    server.close();
  }

  @Test
  void aSignUpOfAKilledWorkerIsFinishedByAnother() throws Exception {
    int first = free();
    var killed = application("first", first);
    awaitHealthy(first);
    assertThat(get(first, "/sign-ups/nobody").statusCode()).isEqualTo(404);
    var accepted = post(first, "/sign-ups", "{\"name\":\"ada\",\"address\":\"ada@example.org\"}");
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Location")).contains("/sign-ups/sign-up-ada");
    assertThat(get(first, "/sign-ups/sign-up-ada").statusCode()).isEqualTo(202);
    int second = free();
    var stopped = application("second", second);
    awaitHealthy(second);
    assertThat(get(second, "/actuator/metrics/baton.worker.connected").body()).contains("1.0");
    await().atMost(LIMIT).until(this::isAsked);

    killed.destroyForcibly(); // kill -9

    assertThat(post(second, "/sign-ups/sign-up-ada/confirmation", "").statusCode()).isEqualTo(200);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          var done = get(second, "/sign-ups/sign-up-ada");
          assertThat(done.statusCode()).isEqualTo(200);
          assertThat(done.body())
              .contains("\"invitedBy\":\"first\"", "\"welcomedBy\":\"second\"", "\"done\"");
        });

    stopped.destroy(); // SIGTERM
    assertThat(stopped.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(stopped.exitValue()).isEqualTo(143);
  }

  /** Whether a function waits for somebody. */
  private boolean isAsked() {
    try (var client = Resonate.connect(URI.create(server.url()), "tests")) {
      var tags = Map.of("baton:promise", "confirmed");
      return client.promises().search(State.PENDING, tags).findAny().isPresent();
    }
  }

  private void awaitHealthy(int port) {
    await()
        .atMost(LIMIT)
        .until(() -> listens(port) && get(port, "/actuator/health").body().contains("CONNECTED"));
  }

  private static boolean listens(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(at(port, path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(int port, String path, String json)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(at(port, path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static URI at(int port, String path) {
    return URI.create("http://localhost:" + port + path);
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process application(String pid, int port) throws IOException {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Application.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(Path.of("target/processes.log").toFile()));
    builder
        .environment()
        .putAll(
            Map.of(
                "RESONATE_URL",
                server.url(),
                "RESONATE_PID",
                pid,
                "RESONATE_DRAIN_TIMEOUT",
                "5",
                "SERVER_PORT",
                Integer.toString(port)));
    var process = builder.start();
    processes.add(process);
    return process;
  }
}
