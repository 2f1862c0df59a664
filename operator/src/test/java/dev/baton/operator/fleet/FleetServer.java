package dev.baton.operator.fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The groups API of a server with many groups and workers that do simulated tasks. It tells changes
 * as the real one does: at most five events a second of a group.
 */
final class FleetServer implements AutoCloseable {

  private static final long SERVICE_MS = 1_000;

  private static final class Worker {
    int load;
    boolean draining;
  }

  private final HttpServer http;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final Random random = new Random(1);
  private final Set<HttpExchange> streams = ConcurrentHashMap.newKeySet();

  /** When {@code gone} of a pid was heard first, by {@code System.nanoTime()}. */
  final Map<String, Long> goneAt = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Map<String, Map<String, Worker>> groups = new HashMap<>();
  private final Map<String, Integer> slots = new HashMap<>();
  private final List<String[]> all = new ArrayList<>();
  private final Set<String> changed = new HashSet<>();
  private long tasks;

  FleetServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::handle);
    http.start();
    clock.scheduleAtFixedRate(this::tell, 200, 200, TimeUnit.MILLISECONDS);
    clock.scheduleAtFixedRate(this::keepAlive, 5, 5, TimeUnit.SECONDS);
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  synchronized void connect(String group, String pid) {
    if (groups.computeIfAbsent(group, _ -> new HashMap<>()).putIfAbsent(pid, new Worker())
        == null) {
      all.add(new String[] {group, pid});
      changed.add(group);
    }
  }

  synchronized void disconnect(String group, String pid) {
    Map<String, Worker> workers = groups.get(group);
    if (workers != null && workers.remove(pid) != null) {
      all.removeIf(it -> it[1].equals(pid));
      changed.add(group);
    }
  }

  synchronized int connected() {
    return all.size();
  }

  synchronized long tasks() {
    return tasks;
  }

  /** Begins so many tasks a second, spread over all workers at random, until it is closed. */
  void work(int perSecond) {
    clock.scheduleAtFixedRate(
        () -> begin(perSecond / 50), 20, 20, TimeUnit.MILLISECONDS); // fifty times a second
  }

  /** Gives a task to each worker that has come after so many others. */
  synchronized void workOnce(int others) {
    for (String[] each : all.subList(Math.min(others, all.size()), all.size())) {
      begin(each);
    }
  }

  private synchronized void begin(int count) {
    for (int i = 0; i < count && !all.isEmpty(); i++) {
      begin(all.get(random.nextInt(all.size())));
    }
  }

  private void begin(String[] chosen) {
    Worker worker = groups.getOrDefault(chosen[0], Map.of()).get(chosen[1]);
    if (worker != null && worker.load == 0 && !worker.draining) {
      worker.load = 1;
      tasks++;
      changed.add(chosen[0]);
      clock.schedule(() -> end(chosen[0], worker), SERVICE_MS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void end(String group, Worker worker) {
    worker.load = 0;
    changed.add(group);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    http.stop(0);
  }

  private void tell() {
    List<String> events = new ArrayList<>();
    synchronized (this) {
      changed.forEach(group -> events.add("data: " + figures(group) + "\n\n"));
      changed.clear();
    }
    if (!events.isEmpty()) {
      String text = String.join("", events);
      streams.forEach(stream -> write(stream, text));
    }
  }

  private void keepAlive() {
    streams.forEach(stream -> write(stream, ": still here\n\n"));
  }

  private synchronized String figures(String group) {
    Map<String, Worker> workers = groups.getOrDefault(group, Map.of());
    StringBuilder members = new StringBuilder();
    int[] inFlight = {0};
    workers.forEach((pid, worker) -> {
      inFlight[0] += worker.load;
      members
          .append(members.isEmpty() ? "" : ",")
          .append("{\"pid\":\"")
          .append(pid)
          .append("\",\"address\":\"10.0.0.1\",\"slots\":1,\"load\":")
          .append(worker.load)
          .append(",\"draining\":")
          .append(worker.draining)
          .append(",\"connectedAt\":1}");
    });
    return "{\"group\":\""
        + group
        + "\",\"slotsPerWorker\":"
        + slots.get(group)
        + ",\"connectedWorkers\":"
        + workers.size()
        + ",\"ready\":0,\"inFlight\":"
        + inFlight[0]
        + ",\"suspended\":0,\"oldestReadySeconds\":0,\"meanServiceSeconds\":1.0,\"workers\":["
        + members
        + "]}";
  }

  private synchronized String everything() {
    return String.join(",", groups.keySet().stream().map(this::figures).toList());
  }

  private void handle(HttpExchange exchange) throws IOException {
    long now = System.nanoTime();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    if (exchange.getRequestMethod().equals("POST") && path.length == 6) {
      signal(path[2], path[4], path[5], now);
      answer(exchange, "{\"workers\":[\"" + path[4] + "\"],\"leasesEnded\":0}");
    } else if (exchange.getRequestMethod().equals("PUT")) {
      String text = new String(body, StandardCharsets.UTF_8).replaceAll("[^0-9]", "");
      synchronized (this) {
        slots.put(path[2], text.isEmpty() ? null : Integer.valueOf(text));
        changed.add(path[2]);
      }
      answer(exchange, figures(path[2]));
    } else if (path.length > 2) {
      answer(exchange, figures(path[2]));
    } else if ("text/event-stream".equals(exchange.getRequestHeaders().getFirst("accept"))) {
      exchange.getResponseHeaders().add("content-type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      write(exchange, ": hello\n\ndata: {\"groups\":[" + everything() + "]}\n\n");
      streams.add(exchange);
      synchronized (this) {
        changed.addAll(groups.keySet()); // what has changed in between, among others
      }
    } else {
      answer(exchange, "{\"groups\":[" + everything() + "]}");
    }
  }

  private synchronized void signal(String group, String pid, String what, long now) {
    @Nullable Worker worker = groups.getOrDefault(group, Map.of()).get(pid);
    if (worker != null && !what.equals("gone")) {
      worker.draining = what.equals("drain");
      changed.add(group);
    }
    if (what.equals("gone")) {
      goneAt.putIfAbsent(pid, now);
    }
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

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
