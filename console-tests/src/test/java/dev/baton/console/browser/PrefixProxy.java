package dev.baton.console.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What an ingress does below a path: takes the prefix away and passes on what comes, as it comes.
 * Whatever is asked outside of the prefix is not there, and is remembered.
 */
final class PrefixProxy implements AutoCloseable {

  /** What belongs to one connection, and what this side says itself. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of("connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade");

  private final String prefix;
  private final String server;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads).build();
  private final Queue<String> outside = new ConcurrentLinkedQueue<>();

  /**
   * @param prefix as {@code /ops/baton}
   * @param server the address that it stands for
   */
  PrefixProxy(String prefix, String server) {
    this.prefix = prefix;
    this.server = server;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("opening a port", e);
    }
    http.setExecutor(threads);
    http.createContext("/", this::handle);
    http.start();
  }

  /** The server's address as others know it. */
  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + prefix;
  }

  /** What was asked and does not lie below the prefix. */
  List<String> outside() {
    return List.copyOf(outside);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    if (!path.startsWith(prefix + "/")) {
      outside.add(path);
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    try (exchange) {
      pass(exchange, client.send(request(exchange, path), BodyHandlers.ofInputStream()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(HttpExchange exchange, String path) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path.substring(prefix.length())))
            .method(
                exchange.getRequestMethod(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (isPassedOn(name)) {
            values.forEach(value -> request.header(name, value));
          }
        });
    return request.build();
  }

  private static void pass(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    answer
        .headers()
        .map()
        .forEach((name, values) -> {
          if (isPassedOn(name)) {
            exchange.getResponseHeaders().put(name, values);
          }
        });
    boolean isBare = answer.statusCode() == 304 || answer.statusCode() == 204;
    exchange.sendResponseHeaders(answer.statusCode(), isBare ? -1 : 0);
    byte[] buffer = new byte[8192];
    try (InputStream in = answer.body();
        OutputStream out = exchange.getResponseBody()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        out.flush();
      }
    }
  }

  private static boolean isPassedOn(String name) {
    return !name.startsWith(":") && !NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public void close() {
    http.stop(0);
    client.shutdownNow();
    threads.shutdownNow();
  }
}
