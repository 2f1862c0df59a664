package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.memory.Account;
import dev.baton.server.process.LoopWatch;
import dev.baton.testing.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.GoAway;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections on which nothing comes for long, and then something. */
class IdleConnectionIT {

  private static final Duration IDLE = Duration.ofMillis(600);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final CountDownLatch isBusy = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);

  @AfterEach
  void stop() {
    mayGoOn.countDown();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private int open() {
    ServerConfig config =
        ServerConfig.of(
            Servers.memory()
                .set(Key.POLL_KEEP_ALIVE, "100")
                .set(Key.SERVER_IDLE_TIMEOUT, Long.toString(IDLE.toMillis())));
    Gate gate = new Gate(config.http(), 100, new Account(1 << 20));
    Listeners listeners = new Listeners(vertx, config, gate, new LoopWatch(System::nanoTime));
    listeners.open(this::answer);
    return listeners.port();
  }

  /** Says which loop it is on, and keeps it busy if asked to. */
  private void answer(HttpServerRequest request) {
    if ("/busy".equals(request.path())) {
      isBusy.countDown();
      try {
        assertThat(mayGoOn.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    request.response().end(Thread.currentThread().getName());
  }

  private static String loop(RawHttp connection) throws IOException {
    return new String(connection.exchange("GET", "/").body(), StandardCharsets.UTF_8);
  }

  /** A loop that syncs for another client does not look at this one meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nhost: h\r\n\r\n", "GET / HT"})
  void whatCameWhileTheLoopWasBusyIsAnsweredAlthoughTheTimeIsOver(String first) throws Exception {
    int port = open();
    try (RawHttp late = new RawHttp(port);
        RawHttp busy = onLoopOf(late, port)) {
      loop(late);
      long idleSince = System.nanoTime();
      busy.send(RawHttp.ascii("GET /busy HTTP/1.1\r\nhost: h\r\n\r\n"));
      isBusy.await();
      await().until(() -> System.nanoTime() - idleSince > IDLE.plusMillis(50).toNanos());
      late.send(RawHttp.ascii(first));
      mayGoOn.countDown();
      if (first.endsWith("HT")) {
        busy.read(); // The loop has gone on.
        late.send(RawHttp.ascii("TP/1.1\r\nhost: h\r\n\r\n"));
      }
      assertThat(late.read().status()).isEqualTo(200);
    }
  }

  /** So that a client knows of what it has just sent that it may send it again. */
  @Test
  void ofHttp2TheClientIsToldWhichRequestsHaveComeBeforeAnIdleConnectionIsClosed()
      throws Exception {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    CompletableFuture<GoAway> told = new CompletableFuture<>();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    client
        .request(HttpMethod.GET, open(), "127.0.0.1", "/")
        .compose(request -> {
          request
              .connection()
              .goAwayHandler(told::complete)
              .closeHandler(_ -> closed.complete(null));
          return request.send();
        })
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    closed.get(20, TimeUnit.SECONDS);
    assertThat(told).isCompleted();
    assertThat(told.join().getErrorCode()).isZero();
    assertThat(told.join().getLastStreamId()).as("the only request").isOdd().isLessThan(5);
  }

  private static RawHttp onLoopOf(RawHttp other, int port) throws IOException {
    String loop = loop(other);
    while (true) {
      RawHttp connection = new RawHttp(port);
      if (loop(connection).equals(loop)) {
        return connection;
      }
      connection.close();
    }
  }
}
