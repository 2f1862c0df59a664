package dev.baton.server.fuzz;

import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.Http2Frames;
import dev.baton.server.ServerProcess;
import dev.baton.testing.RawHttp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with little memory outlives requests that stay open and have large heads. */
@Tag("alone")
@Timeout(60)
class OpenHeadsIT {

  private static final int MANY = 1_200;
  private static final String LONG_RUN = "run=" + "r".repeat(15_000);
  private static final String LARGE_TOKEN = "authorization: Bearer " + "y".repeat(30_000);

  /** So many streams with a long run fit beside one another, all of one address. */
  private static final int FIT = 20;

  /** As much as a head may have. */
  private static final String HEADERS =
      IntStream.range(0, 190)
          .mapToObj(i -> "x%03d: %s\r\n".formatted(i, "y".repeat(160)))
          .collect(Collectors.joining());

  @TempDir static Path folder;

  private static ServerProcess server;

  private final List<RawHttp> open = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    server =
        ServerProcess.start(
            folder.resolve("baton.db"), List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError"));
  }

  @AfterAll
  static void stop() {
    server.kill();
  }

  /** All that may be held at once can be held again when the others have left. */
  @AfterEach
  void roomComesBack() throws IOException {
    leave();
    await()
        .until(() -> {
          leave();
          int opened = 0;
          while (opened < FIT && stream("/poll/g/w?" + LONG_RUN) == 200) {
            opened++;
          }
          return opened == FIT;
        });
    leave();
  }

  private void leave() throws IOException {
    for (RawHttp connection : open) {
      connection.close();
    }
    open.clear();
  }

  private RawHttp connect() throws IOException {
    RawHttp connection = new RawHttp(server.port());
    open.add(connection);
    return connection;
  }

  private int stream(String path, String... headers) throws IOException {
    return connect().begin("GET", path, headers).status();
  }

  private void checkOthersAreServed() throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send(RawHttp.post(ascii("{}")));
      assertThat(connection.read().status()).isEqualTo(400);
      assertThat(connection.begin("GET", "/poll/workers/w").status()).isEqualTo(200);
    }
  }

  @Test
  void streamsWithLongNamesAreOpenedAsFarAsThereIsRoom() throws IOException {
    int opened = 0;
    for (int i = 0; i < MANY; i++) {
      int status = stream("/poll/g" + i + "/w?" + LONG_RUN);
      assertThat(status).isIn(200, 503);
      opened += status == 200 ? 1 : 0;
    }
    assertThat(opened).isBetween(FIT, MANY / 2);
    checkOthersAreServed();
  }

  @Test
  void manyVersionsCountAsWhatTheyTake() throws IOException {
    String versions =
        IntStream.range(1, 3_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
    int opened = 0;
    for (int i = 0; i < MANY / 4; i++) {
      opened += stream("/poll/g" + i + "/w?has=f:" + versions) == 200 ? 1 : 0;
    }
    assertThat(opened).isBetween(3, MANY / 10);
    checkOthersAreServed();
  }

  /** It is looked at once. */
  @Test
  void streamsDoNotKeepTheirTokens() throws IOException {
    for (int i = 0; i < MANY; i++) {
      assertThat(stream("/poll/g" + i + "/w", LARGE_TOKEN)).isEqualTo(200);
    }
    checkOthersAreServed();
  }

  @Test
  void bodiesThatDoNotComeHoldNoMoreHeadsThanThereIsRoomFor() throws IOException {
    for (int i = 0; i < MANY; i++) {
      connect()
          .send(ascii("POST / HTTP/1.1\r\nhost: h\r\n" + HEADERS + "content-length: 9\r\n\r\n{"));
    }
    checkOthersAreServed();
  }

  /** As they come in one read, behind what is whole. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "GET /health HTTP/1.1\r\nhost: h\r\n\r\nGET / HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n\r\n{GET / HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n"
      })
  void halfSentHeadsAndTrailersHoldNoMoreThanThereIsRoomFor(String before) throws IOException {
    byte[] halfSent = ascii(before + "a:\r\n".repeat(7_000));
    for (int i = 0; i < MANY; i++) {
      sendAsFarAsItIsTaken(halfSent);
    }
    checkOthersAreServed();
  }

  @Test
  void headsThatWaitForTheirTurnHoldNoMoreThanThereIsRoomFor() throws IOException {
    String waiting = "GET / HTTP/1.1\r\nhost: h\r\n" + "a:\r\n".repeat(5_000) + "\r\n";
    byte[] all = ascii("GET /poll/g/w HTTP/1.1\r\nhost: h\r\n\r\n" + waiting.repeat(3));
    for (int i = 0; i < MANY; i++) {
      sendAsFarAsItIsTaken(all);
    }
    checkOthersAreServed();
  }

  private void sendAsFarAsItIsTaken(byte[] bytes) throws IOException {
    RawHttp connection = connect();
    try {
      connection.send(bytes);
    } catch (SocketException e) {
      // It has been closed: that is as well.
    }
  }

  /** Each has a small head, and a connection has a hundred of them. */
  @Test
  void streamsOfHttp2WhoseBodiesDoNotComeAreNoMoreThanThereIsRoomFor() throws IOException {
    byte[] head = Http2Frames.request("POST", "/");
    byte[][] parts = new byte[101][];
    parts[0] = Http2Frames.OPENING;
    for (int i = 0; i < 100; i++) {
      parts[i + 1] =
          Http2Frames.frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, 2 * i + 1, head);
    }
    byte[] all = joined(parts);
    for (int i = 0; i < MANY / 4; i++) {
      sendAsFarAsItIsTaken(all);
    }
    checkOthersAreServed();
  }

  @Test
  void streamsOfHttp2AreHeldToTheSame() throws IOException {
    Vertx vertx = Vertx.vertx();
    try {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setDefaultHost("127.0.0.1")
                  .setDefaultPort(server.port())
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false),
              new PoolOptions().setHttp2MaxSize(20));
      List<Future<Integer>> asked = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        asked.add(
            client
                .request(HttpMethod.GET, "/poll/g" + i + "/w?" + LONG_RUN)
                .compose(HttpClientRequest::send)
                .map(response -> {
                  response.exceptionHandler(_ -> {}); // They all end at once.
                  return response.statusCode();
                }));
      }
      int opened = 0;
      for (Future<Integer> each : asked) {
        int status =
            each.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(status).isIn(200, 503);
        opened += status == 200 ? 1 : 0;
      }
      assertThat(opened).isBetween(FIT, MANY / 2);
      checkOthersAreServed();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
