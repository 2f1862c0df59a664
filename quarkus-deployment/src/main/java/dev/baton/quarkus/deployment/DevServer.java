package dev.baton.quarkus.deployment;

import io.quarkus.deployment.builditem.Startable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, which ends with this one. Its program is a file in this jar, so
 * that its libraries do not meet those of the application and nothing has to be fetched.
 */
final class DevServer implements Startable {

  private static final String PROGRAM = "baton-standalone.jar";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long LOOK_AGAIN_MS = 50;

  private final int port;
  private final Optional<Path> javaHome;
  private @Nullable Path directory;
  private @Nullable Process process;
  private @Nullable String url;

  DevServer(int port, Optional<Path> javaHome) {
    this.port = port;
    this.javaHome = javaHome;
  }

  @Override
  public void start() {
    try {
      var home = DevServerJava.home(javaHome);
      var place = Files.createTempDirectory("baton-dev-server-");
      directory = place;
      var program = place.resolve(PROGRAM);
      try (var content = DevServer.class.getResourceAsStream(PROGRAM)) {
        if (content == null) {
          throw new IllegalStateException(PROGRAM + " is missing in this extension's jar");
        }
        Files.copy(content, program);
      }
      int chosen = port == 0 ? free() : port;
      url = "http://localhost:" + chosen;
      var started =
          new ProcessBuilder(command(home, program, chosen))
              .redirectErrorStream(true)
              .redirectOutput(place.resolve("server.log").toFile())
              .start();
      process = started;
      awaitReady(started, url, place.resolve("server.log"));
    } catch (IOException e) {
      throw new UncheckedIOException("could not start a Baton server for development", e);
    }
  }

  private static List<String> command(Path home, Path program, int port) {
    return List.of(
        home.resolve("bin/java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC",
        "-cp",
        program.toString(),
        "dev.baton.standalone.WithParent",
        "dev",
        "--server-bind",
        "127.0.0.1",
        "--server-port",
        Integer.toString(port),
        "--observability-metrics-port",
        "0");
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitReady(Process server, String url, Path log) throws IOException {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      var asked = HttpRequest.newBuilder(URI.create(url + "/ready")).build();
      while (!isReady(http, asked)) {
        if (!server.isAlive() || System.nanoTime() > limit) {
          throw new IllegalStateException(
              "the Baton server for development did not become ready:\n" + Files.readString(log));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a Baton server starts", e);
    }
  }

  private static boolean isReady(HttpClient http, HttpRequest asked) throws InterruptedException {
    try {
      return http.send(asked, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // It does not listen yet.
    }
  }

  @Override
  public @Nullable String getConnectionInfo() {
    return url;
  }

  @Override
  public @Nullable String getContainerId() {
    return null;
  }

  @Override
  public void close() throws IOException {
    var running = process;
    if (running != null) {
      running.destroy();
      try {
        if (!running.waitFor(5, TimeUnit.SECONDS)) {
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        running.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    var place = directory;
    if (place != null) {
      Files.deleteIfExists(place.resolve(PROGRAM));
      Files.deleteIfExists(place.resolve("server.log"));
      Files.deleteIfExists(place);
    }
  }
}
