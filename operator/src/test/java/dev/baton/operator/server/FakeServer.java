package dev.baton.operator.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The groups API of a server that knows nothing: it answers what a test tells it, and records. */
public final class FakeServer implements AutoCloseable {

  /** A request as it came in; the time by {@code System.nanoTime()}. */
  public record Call(String method, String uri, String body, @Nullable String token, long nanos) {
    /** The method and the path. */
    public String line() {
      return method + " " + uri;
    }
  }

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Set<HttpExchange> streams = ConcurrentHashMap.newKeySet();
  private final Set<String> groups = new ConcurrentSkipListSet<>(Set.of("g"));
  private final Members members = new Members();

  /** Held while figures change and are told: followers hear of every change, in its order. */
  private final Object telling = new Object();

  private volatile String figures = figures(0, 0, 0, null);
  private volatile boolean streaming = true;
  private volatile int status = 200;
  private volatile @Nullable String onlyToken;
  private volatile String challenge = "Bearer";
  private volatile String met = "[]";
  private volatile int leasesEnded;
  private volatile String promised = "pending";
  private volatile CountDownLatch hanging = new CountDownLatch(0);
  private @Nullable HttpServer http;
  private int port;

  /** Starts, on a port of the loopback interface. */
  public FakeServer() {
    start();
  }

  /** Starts again after {@link #stop}, on the same port. */
  public synchronized void start() {
    try {
      HttpServer started =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      started.createContext("/", this::handle);
      started.start();
      port = started.getAddress().getPort();
      http = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Is away, until it is started again. */
  public synchronized void stop() {
    if (http != null) {
      http.stop(0);
      http = null;
    }
    streams.clear();
  }

  @Override
  public void close() {
    stop();
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** A group of it, without a token. */
  public GroupAddress group(String name) {
    return new GroupAddress(url(), name, null);
  }

  /** What came in, in order. */
  public List<Call> calls() {
    return calls;
  }

  /** The requests that begin with these words. */
  public List<String> lines(String prefix) {
    return calls.stream().map(Call::line).filter(line -> line.startsWith(prefix)).toList();
  }

  /** Knows of these groups, besides {@code g}. */
  public void knows(String... names) {
    change(() -> groups.addAll(List.of(names)));
  }

  /** Answers every group like this from now on, and tells its followers. */
  public void show(String figures) {
    change(() -> this.figures = figures);
  }

  private void change(Runnable change) {
    synchronized (telling) {
      change.run();
      groups.forEach(
          group -> streams.forEach(stream -> write(stream, "data: " + figures(group) + "\n\n")));
    }
  }

  private String figures(String group) {
    return members.into(figures).replace("\"group\":\"g\"", "\"group\":\"" + group + "\"");
  }

  private String all() {
    return groups.stream()
        .map(this::figures)
        .collect(Collectors.joining(",", "{\"groups\":[", "]}"));
  }

  /** Has a worker connected from now on, to every group, with so many tasks. */
  public void connect(String pid, String address, int load) {
    change(() -> members.put(pid, address, load));
  }

  /** Has it no more. */
  public void disconnect(String pid) {
    change(() -> members.remove(pid));
  }

  /** Whether it streams, or answers once as a server without streams does. */
  public void setStreaming(boolean streaming) {
    this.streaming = streaming;
  }

  /** Says this of the tokens that it refuses. */
  public void setChallenge(String challenge) {
    this.challenge = challenge;
  }

  /** Takes requests and does not answer them, until {@link #answer()}. */
  public void hang() {
    hanging = new CountDownLatch(1);
  }

  /** Answers again. */
  public void answer() {
    hanging.countDown();
  }

  /** Says nothing on the streams that there are, which stay open; new ones are as usual. */
  public void fallSilent() {
    streams.clear();
  }

  /** Refuses every other token from now on, or none, and ends all streams. */
  public void acceptOnly(@Nullable String token) {
    onlyToken = token;
    streams.forEach(HttpExchange::close);
    streams.clear();
  }

  /** Answers everything with this status. */
  public void setStatus(int status) {
    this.status = status;
  }

  /** How calls stand that it is asked for. */
  public void promises(String state) {
    promised = state;
  }

  /** Answers signals with these pids and so many leases. */
  public void meets(int leasesEnded, String... pids) {
    this.leasesEnded = leasesEnded;
    this.met = pids.length == 0 ? "[]" : "[\"" + String.join("\",\"", pids) + "\"]";
  }

  /** Figures of a group; {@code workers} is JSON of its members. */
  public static String figures(
      int ready, int inFlight, int connected, @Nullable Integer slots, String... workers) {
    return """
    {"group":"g","slotsPerWorker":%s,"connectedWorkers":%d,"ready":%d,"inFlight":%d,"suspended":0,\
    "oldestReadySeconds":2.9,"dispatchedPerSecond":0.5,"fulfilledPerSecond":0.5,"workers":[%s]}\
    """
        .formatted(slots, connected, ready, inFlight, String.join(",", workers));
  }

  /** A member of a group. */
  public static String worker(String pid, String address, long connectedAt) {
    return """
    {"pid":"%s","address":"%s","slots":1,"load":0,"draining":false,"connectedAt":%d}\
    """
        .formatted(pid, address, connectedAt);
  }

  private void handle(HttpExchange exchange) throws IOException {
    long nanos = System.nanoTime();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String accept = exchange.getRequestHeaders().getFirst("accept");
    calls.add(
        new Call(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            body,
            exchange.getRequestHeaders().getFirst("authorization"),
            nanos));
    try {
      hanging.await();
    } catch (InterruptedException e) {
      return;
    }
    String wanted = onlyToken;
    boolean isRefused =
        wanted != null
            && !("Bearer " + wanted).equals(exchange.getRequestHeaders().getFirst("authorization"));
    if (status != 200 || isRefused) {
      exchange.getResponseHeaders().add("www-authenticate", challenge);
      answer(exchange, isRefused ? 401 : status, "{\"error\":\"as the test wants it\"}");
    } else if (body.contains("\"promise.create\"")) {
      answer(
          exchange,
          200,
          "{\"kind\":\"promise.create\",\"data\":{\"promise\":{\"state\":\"%s\",\"value\":{}}}}"
              .formatted(promised));
    } else if (exchange.getRequestMethod().equals("POST")) {
      answer(
          exchange,
          200,
          "{\"group\":\"g\",\"workers\":%s,\"leasesEnded\":%d}".formatted(met, leasesEnded));
      change(() -> members.signal(exchange.getRequestURI().getPath()));
    } else if (exchange.getRequestMethod().equals("PUT")) {
      String setting = body.substring(1, body.length() - 1);
      change(() -> figures = figures.replaceFirst("\"slotsPerWorker\":[^,]*", setting));
      answer(exchange, 200, figures(name(exchange)));
    } else if (!exchange.getRequestURI().getPath().equals("/groups")) {
      answer(exchange, 200, figures(name(exchange)));
    } else if (streaming && "text/event-stream".equals(accept)) {
      exchange.getResponseHeaders().add("content-type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      synchronized (telling) {
        write(exchange, ": hello\n\ndata: " + all() + "\n\n");
        streams.add(exchange);
      }
    } else {
      answer(exchange, 200, all());
    }
  }

  private static String name(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().replaceFirst("/groups/([^/]*).*", "$1");
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** A follower that has left is forgotten. */
  private void write(HttpExchange stream, String text) {
    try {
      synchronized (stream) {
        stream.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        stream.getResponseBody().flush();
      }
    } catch (IOException e) {
      streams.remove(stream);
    }
  }
}
