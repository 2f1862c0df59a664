package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who comes to the port of the servers without their secret takes nothing from clients. */
class WireStrangersIT {

  /** More than find room together: of these bytes a quarter is for heads. */
  private static final String MEMORY = "3m";

  private static final int CONNECTIONS = 2_000;
  private static final byte[] HALF_A_PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM".getBytes(StandardCharsets.US_ASCII);

  private static final int STREAMS = 40;
  private static final int HEADERS = 20;
  private static final String HEADER = "x".repeat(1_000);

  private final Members members = new Members(1, layers -> layers.set(Key.MEMORY_REQUESTS, MEMORY));
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient stranger =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false),
          new PoolOptions().setHttp2MaxSize(1));

  @AfterEach
  void stop() {
    await(vertx.close());
    members.close();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** The answer to a request whose body does not come. */
  private int begin(int port) {
    return await(
        stranger
            .request(HttpMethod.POST, port, "127.0.0.1", "/")
            .compose(request -> {
              request.setChunked(true).exceptionHandler(_ -> {}); // Its stream is reset.
              for (int i = 0; i < HEADERS; i++) {
                request.putHeader("x-" + i, HEADER);
              }
              return request.sendHead().compose(_ -> request.response());
            })
            .map(answer -> answer.statusCode()));
  }

  private static void create(Client client, String id) {
    Client.Answer answer =
        client.call("promise.create", "{'id':'%s','timeoutAt':9000000000000}".formatted(id));
    assertThat(answer.status()).as(id).isEqualTo(200);
  }

  /** What may come before that are the settings of HTTP/2. */
  private static void assertIsClosed(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    try {
      while (socket.getInputStream().read() >= 0) {
        // To the end.
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void theHeadsOfStrangersDoNotStay() {
    members.own(0);
    int wire = URI.create(members.wire(0)).getPort();
    for (int i = 0; i < STREAMS; i++) {
      assertThat(begin(wire)).as("request " + i).isEqualTo(403);
    }
    int health =
        await(
            stranger
                .request(HttpMethod.GET, members.server(0).port(), "127.0.0.1", "/health")
                .compose(request -> request.send())
                .map(answer -> answer.statusCode()));
    assertThat(health).as("of a client").isEqualTo(200);
  }

  /** Half of them say nothing, half of them half of what a server begins with. */
  @Test
  void manyConnectionsOfStrangersKeepNobodyWaiting() throws IOException {
    try (Members two = new Members(2, layers -> layers.set(Key.SERVER_HEADER_TIMEOUT, "3000"))) {
      two.own(0);
      int wire = URI.create(two.wire(0)).getPort();
      List<Socket> strangers = new ArrayList<>();
      try {
        for (int i = 0; i < CONNECTIONS; i++) {
          Socket socket = new Socket("127.0.0.1", wire);
          strangers.add(socket);
          if (i % 2 == 0) {
            socket.getOutputStream().write(HALF_A_PREFACE);
          }
          if (i % 100 == 0) {
            create(two.client(0), "own-" + i);
            create(two.client(1), "passed-on-" + i);
          }
        }
        for (Socket socket : strangers) {
          assertIsClosed(socket);
        }
        create(two.client(1), "after");
      } finally {
        for (Socket socket : strangers) {
          socket.close();
        }
      }
    }
  }
}
