package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Told means that it has arrived: on a real connection, over restarts too. */
class DeliveryIT {

  private static final String FAR = "99999999999999";
  private static final Pattern ID = Pattern.compile("\"promise\":\\{\"id\":\"([^\"]+)\"");

  @TempDir Path folder;

  private static void settleFor(Client client, String id, String address) {
    client.call("promise.create", "{'id':'%s','timeoutAt':%s}".formatted(id, FAR));
    client.call(
        "promise.register_listener", "{'awaited':'%s','address':'%s'}".formatted(id, address));
    var settled = client.call("promise.settle", "{'id':'%s','state':'resolved'}".formatted(id));
    assertThat(settled.status()).isEqualTo(200);
  }

  /** A stream that can be broken off as by a process that is killed. */
  private static final class Connection {
    private final Socket socket;
    private final BufferedReader reader;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(10_000);
      reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 256);
      socket
          .getOutputStream()
          .write(
              "GET /poll/clients/c HTTP/1.1\r\nhost: h\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
    }

    /** The id of the next promise that it is told of, or null at the end. */
    @Nullable String next() throws IOException {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Matcher told = ID.matcher(line);
        if (told.find()) {
          return told.group(1);
        }
      }
      return null;
    }

    void breakOff() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  @Test
  void ofAThousandUnblocksNoneIsLostWhereverConnectionsBreakAndTheServerIsKilled()
      throws IOException {
    Set<String> ids = new HashSet<>();
    Random random = new Random(11);
    Path file = folder.resolve("baton.db");
    ServerProcess server = ServerProcess.start(file);
    Set<String> told = new HashSet<>();
    try {
      try (Client client = new Client(server.port())) {
        for (int i = 0; i < 1_000; i++) {
          settleFor(client, "p" + i, "poll://uni@clients/c");
          ids.add("p" + i);
        }
      }
      for (int round = 0; round < 12; round++) {
        if (round % 4 == 3) {
          server.kill();
          server = ServerProcess.start(file);
        }
        Connection connection = new Connection(server.port());
        for (int i = random.nextInt(80); i > 0; i--) {
          told.add(connection.next());
        }
        connection.breakOff();
      }
      assertThat(told).as("the rest was told to none of them").hasSizeLessThan(1_000);
      Connection last = new Connection(server.port());
      while (told.size() < 1_000) {
        told.add(last.next());
      }
      assertThat(told).isEqualTo(ids);
    } finally {
      server.kill();
    }
  }

  @Test
  void whatAConnectionHasTakenIsToldOnce() {
    Path file = folder.resolve("baton.db");
    try (BatonServer server = Servers.start(Servers.sqlite(file));
        Client client = new Client(server.port())) {
      try (var first = client.open("/poll/clients/c")) {
        settleFor(client, "p", "poll://uni@clients/c");
        assertThat(first.next().path("data").path("promise").path("id").asText()).isEqualTo("p");
        await().atMost(Duration.ofSeconds(20)).until(() -> listeners(file) == 0);
      }
      try (var later = client.open("/poll/clients/c")) {
        assertThat(later.next(500)).as("also after it has ended").isNull();
      }
    }
  }

  private static int listeners(Path file) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var select = connection.createStatement();
        var row = select.executeQuery("SELECT count(*) FROM listeners")) {
      return row.getInt(1);
    }
  }

  @Test
  void manyLargeUnblocksWaitInTheStoreAndComeInPortions() {
    String value = "v".repeat(300_000);
    try (BatonServer server = Servers.start(Servers.sqlite(folder.resolve("baton.db")));
        Client client = new Client(server.port())) {
      for (int i = 0; i < 20; i++) {
        String id = "p" + i;
        client.call("promise.create", "{'id':'%s','timeoutAt':%s}".formatted(id, FAR));
        client.call(
            "promise.register_listener",
            "{'awaited':'%s','address':'poll://uni@clients/c'}".formatted(id));
        client.call(
            "promise.settle",
            "{'id':'%s','state':'resolved','value':{'data':'%s'}}".formatted(id, value));
      }
      Set<String> told = new HashSet<>();
      try (var stream = client.open("/poll/clients/c")) {
        for (int i = 0; i < 20; i++) {
          JsonNode promise = stream.next().path("data").path("promise");
          assertThat(promise.path("value").path("data").asText()).isEqualTo(value);
          told.add(promise.path("id").asText());
        }
      }
      assertThat(told).hasSize(20);
    }
  }

  /** An http target that answers with these statuses, and with the last of them from then on. */
  private static HttpServer target(List<Long> posts, int... statuses) throws IOException {
    HttpServer target = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    target.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          int number = posts.size();
          posts.add(System.nanoTime());
          exchange.sendResponseHeaders(statuses[Math.min(number, statuses.length - 1)], -1);
          exchange.close();
        });
    target.start();
    return target;
  }

  @Test
  void anHttpListenerIsToldAgainUntilItAnswersWellOverARestartToo() throws IOException {
    List<Long> posts = new CopyOnWriteArrayList<>();
    HttpServer target = target(posts, 500, 503, 200);
    String address = "http://127.0.0.1:" + target.getAddress().getPort() + "/told";
    Path file = folder.resolve("baton.db");
    try {
      try (BatonServer server = Servers.start(Servers.sqlite(file));
          Client client = new Client(server.port())) {
        settleFor(client, "p", address);
        await().until(() -> posts.size() == 1);
      }
      try (BatonServer _ = Servers.start(Servers.sqlite(file))) {
        await().atMost(Duration.ofSeconds(20)).until(() -> posts.size() == 3);
        assertThat(posts.get(2) - posts.get(1))
            .as("the pause between two posts")
            .isGreaterThanOrEqualTo(Duration.ofMillis(950).toNanos());
        // A server that ends before it has read the answer posts again, as it must.
        await().until(() -> listeners(file) == 0);
      }
      try (BatonServer server = Servers.start(Servers.sqlite(file));
          Client client = new Client(server.port())) {
        settleFor(client, "q", address);
        await().until(() -> posts.size() == 4); // And not five: p has been struck off.
      }
      assertThat(posts).hasSize(4);
    } finally {
      target.stop(0);
    }
  }

  @Test
  void anAnswerWithoutEndIsCutOffAndCountsByItsStatus() throws IOException {
    AtomicLong written = new AtomicLong();
    AtomicLong connections = new AtomicLong();
    byte[] chunk = ("10000\r\n" + "x".repeat(65_536) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        BatonServer server = Servers.start(Servers.memory());
        Client client = new Client(server.port())) {
      Thread.ofVirtual()
          .start(() -> {
            while (!target.isClosed()) {
              try (Socket socket = target.accept();
                  OutputStream out = socket.getOutputStream()) {
                connections.incrementAndGet();
                out.write(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                while (true) {
                  out.write(chunk);
                  written.addAndGet(chunk.length);
                }
              } catch (IOException e) {
                written.addAndGet(Long.MIN_VALUE / 2); // Cut off.
              }
            }
          });
      settleFor(client, "p", "http://127.0.0.1:" + target.getLocalPort() + "/");
      await().atMost(Duration.ofSeconds(20)).until(() -> written.get() < 0);
      assertThat(written.get() - Long.MIN_VALUE / 2).isLessThan(32 << 20);
      settleFor(client, "q", "http://127.0.0.1:" + target.getLocalPort() + "/");
      await().atMost(Duration.ofSeconds(20)).until(() -> connections.get() == 2);
    }
    assertThat(connections.get()).as("it is not told again").isEqualTo(2);
  }

  @Test
  void aStreamThatNobodyReadsHoldsNoMoreThanItMay() throws IOException {
    int metricsPort = Ports.free();
    try (BatonServer server =
            Servers.start(
                Servers.sqlite(folder.resolve("baton.db"))
                    .set(Key.METRICS_PORT, Integer.toString(metricsPort)));
        Client client = new Client(server.port());
        Client scraper = new Client(metricsPort)) {
      Connection unread = new Connection(server.port());
      String value = "v".repeat(1_500_000);
      IntStream.range(0, 20)
          .forEach(i -> {
            String id = "p" + i;
            client.call("promise.create", "{'id':'%s','timeoutAt':%s}".formatted(id, FAR));
            client.call(
                "promise.register_listener",
                "{'awaited':'%s','address':'poll://uni@clients/c'}".formatted(id));
            client.call(
                "promise.settle",
                "{'id':'%s','state':'resolved','value':{'data':'%s'}}".formatted(id, value));
          });
      double held =
          scraper
              .send("GET", "/metrics", null)
              .body()
              .path("text")
              .asText()
              .lines()
              .filter(line -> line.startsWith("baton_memory_used_bytes{part=\"streams\"}"))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('}') + 2)))
              .sum();
      assertThat(held).isBetween(0.0, 3_200_000.0);
      Set<String> told = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        told.add(unread.next());
      }
      assertThat(told).hasSize(20);
    }
  }
}
