package dev.baton.server.fuzz;

import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;

import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients who want all that a server has, each in its own way, until they are closed. */
final class Attackers implements AutoCloseable {

  private static final int SMALL_BUFFER = 4_096;

  /** It is memory that they want: the processors are shared with those who measure. */
  private static final long PACE_MS = 250;

  private static final String LARGE = "x".repeat(1_500_000);
  static final int LARGE_ONES = 20;

  private interface Attack {
    void run(int round) throws IOException;
  }

  private final int port;
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
  private final ConcurrentMap<String, AtomicInteger> rounds = new ConcurrentHashMap<>();
  private final ServerSocket endless;
  private volatile boolean isOver;

  Attackers(int port) throws IOException {
    this.port = port;
    this.endless = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static byte[] request(String kind, String data) {
    return RawHttp.post(
        ("{\"kind\":\""
                + kind
                + "\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},\"data\":"
                + data.replace('\'', '"')
                + "}")
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Stores what is large: the branch of one task. */
  void prepare() throws IOException {
    try (RawHttp connection = new RawHttp(port)) {
      for (int i = 0; i < LARGE_ONES; i++) {
        String data =
            "{'id':'big.%d','timeoutAt':99999999999999,'param':{'data':'%s'},'tags':{'resonate:branch':'big'}}"
                .formatted(i, LARGE);
        connection.send(request("promise.create", data));
        connection.read();
      }
      connection.send(
          request(
              "promise.create",
              "{'id':'big','timeoutAt':99999999999999,'param':{},'tags':{'resonate:branch':'big','resonate:target':'poll://any@nobody'}}"));
      connection.read();
    }
  }

  void begin() {
    repeat("reads no search", 2, this::search);
    repeat("reads no preload", 2, this::preload);
    repeat("reads no pipelined answers", 3, this::pipelined);
    repeat("reads no stream", 2, this::streams);
    repeat("sends slowly", 2, this::slowBodies);
    repeat("sends tiny values", 2, this::tinyValues);
    repeat("creates", 2, this::creates);
    repeat("listens at an endless target", 1, this::endlessTarget);
    repeat("connects", 1, this::connections);
    start("answers without end", this::answerWithoutEnd);
  }

  /** How often each has tried. */
  @Override
  public String toString() {
    return rounds.toString();
  }

  private void repeat(String name, int times, Attack attack) {
    AtomicInteger round = rounds.computeIfAbsent(name, _ -> new AtomicInteger());
    for (int i = 0; i < times; i++) {
      start(
          name,
          () -> {
            while (!isOver) {
              try {
                attack.run(round.incrementAndGet());
                pause(PACE_MS);
              } catch (IOException | RuntimeException e) {
                pause(20); // Refused or cut off: it comes again.
              }
            }
          });
    }
  }

  private void start(String name, Runnable attack) {
    threads.add(Thread.ofVirtual().name(name).start(attack));
  }

  /** The pace of an attack, not a wait for something to happen. */
  private void pause(long ms) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
  }

  private void hold(long ms, List<RawHttp> connections) throws IOException {
    pause(ms);
    for (RawHttp connection : connections) {
      connection.close();
    }
  }

  private List<RawHttp> open(int count, byte[] first) throws IOException {
    List<RawHttp> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RawHttp connection = new RawHttp(port, SMALL_BUFFER);
      connections.add(connection);
      connection.send(first);
    }
    return connections;
  }

  private void search(int round) throws IOException {
    byte[] all = request("promise.search", "{'limit':1000}");
    byte[] byTag = request("promise.search", "{'limit':1000,'tags':{'no':'such'}}");
    hold(1_500, open(10, joined(all, byTag, all)));
  }

  private void preload(int round) throws IOException {
    try (RawHttp connection = new RawHttp(port)) {
      for (int version = 0; version < 20 && !isOver; version++) {
        connection.send(
            request(
                "task.acquire",
                "{'id':'big','version':%d,'pid':'a','ttl':60000}".formatted(version)));
        connection.read();
        connection.send(
            request("task.release", "{'id':'big','version':%d}".formatted(version + 1)));
        connection.read();
      }
    }
  }

  private void pipelined(int round) throws IOException {
    byte[][] gets = new byte[60][];
    for (int i = 0; i < gets.length; i++) {
      gets[i] = request("promise.get", "{'id':'big.%d'}".formatted(i % LARGE_ONES));
    }
    hold(2_000, open(10, joined(gets)));
  }

  private void streams(int round) throws IOException {
    List<RawHttp> connections = new ArrayList<>();
    try (RawHttp caller = new RawHttp(port)) {
      for (int i = 0; i < 5; i++) {
        String name = "s" + round + "-" + i;
        RawHttp stream = new RawHttp(port, SMALL_BUFFER);
        connections.add(stream);
        stream.send(ascii("GET /poll/silent/" + name + " HTTP/1.1\r\nhost: h\r\n\r\n"));
        caller.send(
            joined(
                request("promise.create", "{'id':'%s','timeoutAt':99999999999999}".formatted(name)),
                request(
                    "promise.register_listener",
                    "{'awaited':'%s','address':'poll://uni@silent/%s'}".formatted(name, name)),
                request(
                    "promise.settle",
                    "{'id':'%s','state':'resolved','value':{'data':'%s'}}"
                        .formatted(name, LARGE))));
        caller.read();
        caller.read();
        caller.read();
      }
    }
    hold(1_000, connections);
  }

  private void slowBodies(int round) throws IOException {
    List<RawHttp> connections =
        open(40, ascii("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 2000000\r\n\r\n"));
    byte[] part = new byte[20_000];
    for (int i = 0; i < 20 && !isOver; i++) {
      for (RawHttp connection : connections) {
        connection.send(part);
      }
      pause(50);
    }
    hold(0, connections);
  }

  private void tinyValues(int round) throws IOException {
    String values = round % 2 == 0 ? "{}" : "{\"\":1}";
    byte[] body =
        request(
            "task.heartbeat",
            "{'pid':'x','tasks':[" + (values + ",").repeat(250_000) + values + "]}");
    try (RawHttp connection = new RawHttp(port)) {
      connection.send(body);
      connection.read();
    }
  }

  private void creates(int round) throws IOException {
    long until = System.currentTimeMillis() + 2_000; // Else they would fill what is kept for them.
    try (RawHttp connection = new RawHttp(port)) {
      byte[][] many = new byte[50][];
      for (int i = 0; i < many.length; i++) {
        many[i] =
            request(
                "promise.create",
                "{'id':'f%d-%d','timeoutAt':%d,'param':{},'tags':{'resonate:target':'poll://any@f%d'}}"
                    .formatted(round, i, until, round));
      }
      connection.send(joined(many));
      for (int i = 0; i < many.length; i++) {
        connection.read();
      }
    }
  }

  private void endlessTarget(int round) throws IOException {
    String address = "http://127.0.0.1:" + endless.getLocalPort() + "/" + round;
    try (RawHttp connection = new RawHttp(port)) {
      connection.send(
          request(
              "promise.create",
              "{'id':'e%d','timeoutAt':%d,'param':{},'tags':{'resonate:target':'%s'}}"
                  .formatted(round, System.currentTimeMillis() + 5_000, address)));
      connection.read();
    }
    pause(100);
  }

  private void answerWithoutEnd() {
    while (!isOver) {
      try {
        Socket socket = endless.accept();
        start("endless answer", () -> pour(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void pour(Socket socket) {
    try (socket;
        OutputStream out = socket.getOutputStream()) {
      out.write(ascii("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"));
      byte[] chunk = joined(ascii("10000\r\n"), new byte[0x10000], ascii("\r\n"));
      while (!isOver) {
        out.write(chunk);
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connections(int round) throws IOException {
    hold(1_000, open(300, ascii("GET /health HTTP/1.1\r\nx: " + "y".repeat(30_000))));
  }

  @Override
  public void close() throws IOException {
    isOver = true;
    endless.close();
    for (Thread thread : List.copyOf(threads)) {
      thread.interrupt();
    }
    for (Thread thread : List.copyOf(threads)) {
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
