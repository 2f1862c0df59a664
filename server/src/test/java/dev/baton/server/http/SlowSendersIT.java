package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sends slowly, or nothing, holds nothing for long and keeps nobody out. */
class SlowSendersIT {

  private static final int BODY = 2 << 20;
  private static final int ROOM = 16 << 20;

  @Test
  void manySlowBodiesOfOneAddressDoNotKeepOthersOut() throws IOException {
    try (BatonServer server =
        Servers.start(
            Servers.memory()
                .set(Key.MEMORY_REQUESTS, "16m")
                .set(Key.SERVER_BODY_TIMEOUT, "600000"))) {
      List<Socket> slow = new ArrayList<>();
      try (Client client = new Client(server.port())) {
        // Together more than there is room for bodies; each stops right before its end.
        byte[] much = new byte[BODY - 1];
        for (long sent = 0; sent < 3 * ROOM; sent += much.length) {
          Socket socket = open(server.port(), post(BODY));
          slow.add(socket);
          try {
            socket.getOutputStream().write(much);
          } catch (SocketException e) {
            // Refused and closed: that is as well.
          }
        }
        for (int i = 0; i < 100; i++) {
          assertThat(client.call("promise.get", "{'id':'none'}").status()).isEqualTo(404);
        }
      } finally {
        for (Socket socket : slow) {
          socket.close();
        }
      }
    }
  }

  /**
   * A connection is read with a buffer as large as what it has sent of late, so that a larger head
   * comes in two reads although it was sent in one.
   */
  @Test
  void halfSentHeadsOfOthersDoNotEndAConnectionWhoseHeadComesInTwoReads() throws IOException {
    List<Socket> half = new ArrayList<>();
    try (BatonServer server = Servers.start(Servers.memory().set(Key.MEMORY_REQUESTS, "4m"));
        RawHttp used = new RawHttp(server.port())) {
      for (int length : new int[] {30_000, 3_000, 600}) {
        for (int i = 0; i < 100; i++) { // Together far more than there is room for.
          half.add(open(server.port(), "GET / HTTP/1.1\r\nx: " + "y".repeat(length)));
        }
      }
      for (int i = 0; i < 50; i++) {
        assertThat(used.exchange("GET", "/health").status()).isEqualTo(200);
      }
      assertThat(used.exchange("GET", "/health", "x: " + "y".repeat(300)).status()).isEqualTo(200);
    } finally {
      for (Socket socket : half) {
        socket.close();
      }
    }
  }

  @Test
  void whatDoesNotComeInTimeIsEnded() throws IOException {
    try (BatonServer server =
            Servers.start(
                Servers.memory()
                    .set(Key.SERVER_HEADER_TIMEOUT, "300")
                    .set(Key.SERVER_BODY_TIMEOUT, "300")
                    .set(Key.METRICS_PORT, Servers.freePort()));
        Socket silent = open(server.port(), "");
        Socket half = open(server.port(), "GET /health HTTP/1.1\r\nHost: a\r\nx: ");
        Socket body = open(server.port(), post(100) + "{");
        Socket second = open(server.port(), "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        Socket scraper = open(server.metricsPort(), "GET /metrics HTTP/1.1\r\n");
        Socket stream = open(server.port(), "GET /poll/g/w HTTP/1.1\r\nHost: a\r\n\r\n")) {
      assertThat(rest(silent)).isEmpty();
      assertThat(rest(half)).isEmpty();
      assertThat(rest(scraper)).isEmpty();
      assertThat(rest(body)).startsWith("HTTP/1.1 408 ");
      second.getOutputStream().write("GET /health".getBytes(StandardCharsets.US_ASCII));
      assertThat(rest(second)).startsWith("HTTP/1.1 200 ").doesNotContain("408");
      // What has come is waited upon for as long as it takes.
      try (Client client = new Client(server.port());
          Socket used = open(server.port(), "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")) {
        assertThat(used.getInputStream().readNBytes(12)).hasSize(12);
        await().during(Duration.ofMillis(900)).atMost(Duration.ofSeconds(20)).until(() -> true);
        used.getOutputStream()
            .write(
                "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(rest(used)).contains("HTTP/1.1 200 ");
        assertThat(client.send("GET", "/groups/g", null).body().path("connectedWorkers").asInt())
            .isEqualTo(1);
      }
      assertThat(stream.getInputStream().read()).isEqualTo('H');
    }
  }

  @Test
  void aSlowBodyOnAStreamOfHttp2IsEndedAndOthersGoOn() {
    Vertx vertx = Vertx.vertx();
    try (BatonServer server = Servers.start(Servers.memory().set(Key.SERVER_BODY_TIMEOUT, "300"))) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false)
                  .setDefaultPort(server.port())
                  .setDefaultHost("127.0.0.1"));
      int slow =
          client
              .request(HttpMethod.POST, "/")
              .compose(request -> {
                request.putHeader("content-length", "100").write("{");
                return request.response();
              })
              .map(HttpClientResponse::statusCode)
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      assertThat(slow).isEqualTo(408);
      int other =
          client
              .request(HttpMethod.GET, "/health")
              .compose(HttpClientRequest::send)
              .map(HttpClientResponse::statusCode)
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      assertThat(other).isEqualTo(200);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void oneAddressDoesNotTakeAllConnections() throws IOException {
    try (BatonServer server =
        Servers.start(Servers.memory().set(Key.SERVER_MAX_CONNECTIONS, "8"))) {
      List<Socket> open = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        open.add(open(server.port(), "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"));
        assertThat(open.get(i).getInputStream().read()).isEqualTo('H');
      }
      try (Socket more = open(server.port(), "")) {
        assertThat(rest(more)).isEmpty();
      }
      open.getFirst().close();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            try (Socket again =
                open(
                    server.port(),
                    "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) {
              return rest(again).startsWith("HTTP/1.1 200");
            }
          });
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static Socket open(int port, String text) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** What comes until the end of the connection. */
  private static String rest(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (SocketException e) {
      return ""; // Reset: it is closed, too.
    }
  }
}
