package dev.baton.server.fuzz;

import static dev.baton.testing.RawHttp.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.ServerProcess;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with little memory outlives those who want more of it than there is. */
@Tag("alone")
class MemoryIT {

  private static final int BODY = 2 << 20;
  private static final int MANY = 120;

  @TempDir Path folder;

  private ServerProcess server;

  @BeforeEach
  void start() throws IOException {
    server =
        ServerProcess.start(
            folder.resolve("baton.db"), List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError"));
  }

  @AfterEach
  void stop() {
    server.kill();
  }

  private static byte[] large(String id) {
    String head =
        "{\"kind\":\"promise.create\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
            + "\"data\":{\"id\":\""
            + id
            + "\",\"timeoutAt\":99999999999999,\"param\":{\"data\":\"";
    String tail = "\"}}}";
    return ascii(head + "x".repeat(BODY - head.length() - tail.length()) + tail);
  }

  private void checkAlive() throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send(RawHttp.post(ascii("{}")));
      assertThat(connection.read().status()).isEqualTo(400);
    }
  }

  @Test
  void manyLargeBodiesAtOnceAreTakenAsFarAsThereIsRoom() throws IOException {
    List<RawHttp> connections = new ArrayList<>();
    byte[] body = large("p");
    int half = body.length / 2;
    for (int i = 0; i < MANY; i++) { // All begin, none ends.
      RawHttp connection = new RawHttp(server.port());
      connections.add(connection);
      connection.send(ascii("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: " + BODY + "\r\n\r\n"));
      connection.send(Arrays.copyOf(body, half));
    }
    checkAlive();
    int taken = 0;
    for (RawHttp connection : connections) {
      connection.send(Arrays.copyOfRange(body, half, BODY));
      int status = connection.read().status();
      assertThat(status).isIn(200, 503);
      taken += status == 200 ? 1 : 0;
      connection.close();
    }
    assertThat(taken).isBetween(1, MANY - 1);
    checkAlive();
  }

  @Test
  void whoLeavesInTheMiddleLeavesNoMemoryBehind() throws IOException {
    byte[] body = large("p");
    for (int i = 0; i < 4 * MANY; i++) {
      try (RawHttp connection = new RawHttp(server.port())) {
        connection.send(
            ascii("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: " + BODY + "\r\n\r\n"));
        connection.send(Arrays.copyOf(body, BODY / 4));
      }
    }
    // Once it has noticed that the last of them have left.
    await()
        .until(() -> {
          try (RawHttp connection = new RawHttp(server.port())) {
            connection.send(RawHttp.post(body));
            return connection.read().status() == 200;
          }
        });
  }

  /**
   * What it waits for has been settled, and each has nearly as many bytes of tags as a body may.
   */
  @Test
  void aTaskThatWaitsForMuchIsNotReadIntoMemory() throws IOException {
    String tag = "x".repeat(65_000);
    StringBuilder tags = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      tags.append(i == 0 ? "" : ",").append("'t%d':'%s'".formatted(i, tag));
    }
    StringBuilder actions = new StringBuilder();
    try (RawHttp connection = new RawHttp(server.port())) {
      for (int i = 0; i < MANY / 2; i++) {
        status(
            connection,
            "promise.create",
            "{'id':'s%d','timeoutAt':0,'tags':{%s}}".formatted(i, tags),
            200);
        actions
            .append(i == 0 ? "" : ",")
            .append(
                "{'kind':'promise.register_callback','head':{},'data':{'awaited':'s%d','awaiter':'t'}}"
                    .formatted(i));
      }
      status(
          connection,
          "task.create",
          "{'pid':'p','ttl':600000,'action':{'kind':'promise.create','head':{},'data':{'id':'t','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@g'}}}}",
          200);
      status(connection, "task.suspend", "{'id':'t','version':1,'actions':[" + actions + "]}", 300);
    }
    checkAlive();
  }

  private static void status(RawHttp connection, String kind, String data, int status)
      throws IOException {
    connection.send(Attackers.request(kind, data));
    assertThat(connection.read().status()).as(kind).isEqualTo(status);
  }

  @Test
  void floodsOfHeadersAndOfDepthAreRefused() throws IOException {
    String header = "x".repeat(1000) + ": y\r\n";
    byte[] flood = ascii("POST / HTTP/1.1\r\n" + header.repeat(2_000));
    byte[] depth = ascii("[".repeat(BODY));
    for (int i = 0; i < MANY; i++) {
      try (RawHttp connection = new RawHttp(server.port())) {
        connection.send(flood);
        assertThat(connection.finish()).doesNotContain("HTTP/1.1 500");
      } catch (SocketException e) {
        // Closed while we still sent.
      }
      try (RawHttp connection = new RawHttp(server.port())) {
        connection.send(RawHttp.post(depth));
        assertThat(connection.read().status()).isEqualTo(400);
      }
    }
    checkAlive();
  }
}
