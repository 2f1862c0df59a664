package dev.baton.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A real server in this process, and what its groups API shows. */
public final class LiveServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BatonServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  private LiveServer(BatonServer server) {
    this.server = server;
  }

  public static LiveServer inMemory() {
    return start(layers());
  }

  /** One with metrics. */
  static LiveServer measured() {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return start(layers().set(Key.METRICS_PORT, Integer.toString(port)));
  }

  public static LiveServer start(Layers layers) {
    return new LiveServer(BatonServer.start(ServerConfig.of(layers)));
  }

  public static Layers layers() {
    return Layers.inMemory();
  }

  public int port() {
    return server.port();
  }

  public Settings settings(String pid) {
    return Settings.defaults()
        .withUrl(URI.create(server.url()))
        .withGroup("workers")
        .withPid(pid)
        .withDrainTimeout(Duration.ofSeconds(5));
  }

  Resonate worker(String pid) {
    return Resonate.connect(settings(pid));
  }

  Resonate client() {
    return Resonate.connect(settings("client").withGroup("clients"));
  }

  JsonNode group() {
    return group("workers");
  }

  JsonNode group(String name) {
    return send(HttpRequest.newBuilder(at("/groups/" + name)).GET());
  }

  /** What is being done to get a task to somebody. */
  JsonNode delivery(String task) {
    return send(HttpRequest.newBuilder(at("/deliveries/" + task)).GET());
  }

  /** Tells the server that the worker is gone. */
  JsonNode gone(String pid) {
    return send(
        HttpRequest.newBuilder(at("/groups/workers/workers/" + pid + "/gone"))
            .POST(BodyPublishers.noBody()));
  }

  /** How often the task has been on offer. */
  long version(String task) {
    var body =
        """
        {"kind": "task.get", "head": {"corrId": "1", "version": "2026-04-01"}, "data": {"id": "%s"}}\
        """
            .formatted(task);
    var request = HttpRequest.newBuilder(at("/")).header("Content-Type", "application/json");
    return send(request.POST(BodyPublishers.ofString(body))).at("/data/task/version").asLong(-1);
  }

  private URI at(String path) {
    return URI.create(server.url() + path);
  }

  /** What a scraper sees. */
  String metrics() {
    var at = URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics");
    try {
      return http.send(HttpRequest.newBuilder(at).GET().build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      var answer = http.send(request.build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(answer.statusCode() + " " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    server.close();
  }
}
