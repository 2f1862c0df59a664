package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An address that messages are posted to. */
final class Sink implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer http;
  private final BlockingQueue<JsonNode> posted = new LinkedBlockingQueue<>();

  Sink(int status) throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", exchange -> take(exchange, status));
    http.start();
  }

  private void take(HttpExchange exchange, int status) throws IOException {
    ObjectNode request = JSON.createObjectNode();
    request.put("method", exchange.getRequestMethod());
    request.put("path", exchange.getRequestURI().toString());
    String type = exchange.getRequestHeaders().getFirst("content-type");
    request.put("contentType", type == null ? "" : type.split(";")[0]);
    request.put("authorization", exchange.getRequestHeaders().getFirst("authorization"));
    request.set("body", JSON.readTree(exchange.getRequestBody().readAllBytes()));
    posted.add(request);
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** So many of what was posted, or what comes in time. */
  ArrayNode take(int count, long withinMs) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
    ArrayNode taken = JSON.createArrayNode();
    while (taken.size() < count) {
      JsonNode next = posted.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      taken.add(next);
    }
    return taken;
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
