package dev.baton.console.scripted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baton.console.Asset;
import dev.baton.console.Assets;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page, and answers what it asks with a {@link Story}, unless it is told to answer
 * something else.
 */
public final class ScriptedServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What everything is answered with while it is set, and what single paths are. */
  public record Answer(int status, String error) {}

  private static final int KEEP_ALIVE_MS = 20_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Assets assets = Assets.load();
  private final String policy;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Stream> streams = new CopyOnWriteArrayList<>();
  private HttpServer http;
  private volatile Story story;
  private volatile int keepAliveMs = KEEP_ALIVE_MS;
  private volatile boolean isMute;

  private record Stream(String view, OutputStream out) {}

  /**
   * @param policy the content security policy, as the real server sends it
   */
  public ScriptedServer(Story story, String policy) {
    this.story = story;
    this.policy = policy;
    http = listen(0);
  }

  private HttpServer listen(int port) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.setExecutor(threads);
      server.createContext("/", this::handle);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("opening port " + port, e);
    }
  }

  /** Nobody is there any more, until it {@link #comeBack comes back}. */
  public void goAway() {
    hangUp();
    http.stop(0);
  }

  /** The server is there again, at the same address. */
  public void comeBack() {
    http = listen(http.getAddress().getPort());
  }

  /**
   * Streams that are opened from now on promise to write so often; they write nothing but what is
   * {@link #send sent}.
   */
  public void promiseToWriteEvery(int ms) {
    keepAliveMs = ms;
  }

  /** Streams that are asked for from now on are taken and never answered. */
  public void answerNoStream() {
    isMute = true;
  }

  /** The page's address. */
  public String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/console/";
  }

  /** From now on it tells another story. */
  public void tell(Story other) {
    story = other;
  }

  /** Answers paths that begin so with an error. */
  public void refuse(String path, int status, String error) {
    answers.put(path, new Answer(status, error));
  }

  /** Answers everything by the story again. */
  public void refuseNothing() {
    answers.clear();
    keepAliveMs = KEEP_ALIVE_MS;
    isMute = false;
  }

  /** Sends an event to all who follow that view. */
  public void send(String view, String event, JsonNode data) {
    for (Stream stream : streams) {
      if (stream.view.equals(view)) {
        try {
          write(stream.out, event, data);
        } catch (IOException e) {
          streams.remove(stream);
        }
      }
    }
  }

  /** Breaks all streams. */
  public void hangUp() {
    for (Stream stream : streams) {
      streams.remove(stream);
      try {
        stream.out.close();
      } catch (IOException e) {
        // The page has left already.
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    Answer refusal = refusal(path);
    if (path.startsWith("/console/") && !path.startsWith("/console/api")) {
      page(exchange, path.substring("/console/".length()));
    } else if (refusal != null) {
      exchange.getResponseHeaders().add("retry-after", "1");
      json(
          exchange, refusal.status, JSON.createObjectNode().put("error", refusal.error).toString());
    } else if (path.equals("/live")) {
      follow(exchange);
    } else {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String query = exchange.getRequestURI().getQuery();
      JsonNode answer = story.answer(path, query == null ? "" : query, body);
      json(
          exchange,
          answer == null ? 404 : 200,
          answer == null ? "{\"error\":\"no such thing\"}" : answer.toString());
    }
  }

  private @Nullable Answer refusal(String path) {
    return answers.entrySet().stream()
        .filter(entry -> path.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private void page(HttpExchange exchange, String path) throws IOException {
    Asset asset = path.isEmpty() ? assets.index() : assets.find(path);
    if (asset == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    exchange.getResponseHeaders().add("content-type", asset.type());
    exchange.getResponseHeaders().add("content-security-policy", policy);
    exchange.sendResponseHeaders(200, asset.bytes().length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(asset.bytes());
    }
  }

  private void follow(HttpExchange exchange) throws IOException {
    if (isMute) {
      return; // The connection stays open until the page leaves.
    }
    String view = exchange.getRequestURI().getQuery().substring("view=".length());
    exchange.getResponseHeaders().add("content-type", "text/event-stream");
    exchange.getResponseHeaders().add("baton-keep-alive-ms", Integer.toString(keepAliveMs));
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    write(out, "snapshot", story.snapshot(view));
    streams.add(new Stream(view, out));
  }

  private static void write(OutputStream out, String event, JsonNode data) throws IOException {
    String text =
        "event: %s\nid: scripted-%d\ndata: %s\n\n"
            .formatted(event, data.path("seq").asLong(), data);
    synchronized (out) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private static void json(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    hangUp();
    http.stop(0);
    threads.shutdownNow();
  }
}
