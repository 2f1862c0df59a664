package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.testing.RawHttp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.GoAway;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.EOFException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of one of several servers hear on their connections when it leaves. */
@Timeout(60)
class LeavingIT {

  private static final byte[] GET = RawHttp.ascii("GET /health HTTP/1.1\r\nhost: h\r\n\r\n");

  @Test
  void clientsOfHttp1AreToldWithTheNextAnswerThatItsConnectionEnds() throws Exception {
    try (Members members = new Members(2);
        RawHttp used = new RawHttp(members.server(1).port());
        RawHttp newcomer = new RawHttp(members.server(1).port())) {
      members.own(0);
      RawHttp.Answer before = used.exchange("GET", "/health");
      assertThat(before.header("connection")).isNull();
      members.server(1).leave();
      for (RawHttp connection : new RawHttp[] {used, newcomer}) {
        RawHttp.Answer last = connection.exchange("GET", "/health");
        assertThat(last.status()).isEqualTo(200);
        assertThat(last.header("connection")).isEqualTo("close");
        connection.send(GET); // A client would not.
        assertThat(connection.finish()).as("what follows the last answer").isEmpty();
      }
    }
  }

  @Test
  void atItsEndWhatIsIdleIsClosedAndWhatIsUnderWayIsAnsweredFirst() throws Exception {
    try (Members members = new Members(2);
        RawHttp idle = new RawHttp(members.server(1).port());
        RawHttp waiting = new RawHttp(members.server(1).port())) {
      members.own(0);
      assertThat(idle.exchange("GET", "/health").status()).isEqualTo(200);
      members.nobody(); // So a request waits for an owner.
      waiting.send(
          RawHttp.post(
              RawHttp.ascii(
                  "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},\"data\":{\"id\":\"none\"}}")));
      await().until(() -> members.member(1).replica().metrics().waiting() > 0);
      members.server(1).leave();
      Thread end = Thread.ofPlatform().start(() -> members.server(1).close());
      assertThatThrownBy(idle::read).isInstanceOf(EOFException.class);
      assertThat(end.isAlive()).as("it waits for what is under way").isTrue();
      members.own(0);
      RawHttp.Answer answer = waiting.read();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.header("connection")).isEqualTo("close");
      end.join();
    }
  }

  /** What was sent before the client has heard of it is answered. */
  @Test
  void clientsOfHttp2AreToldAtOnceToBeginNothingMore() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Members members = new Members(2)) {
      members.own(0);
      HttpClient client = http2(vertx, members.server(1).port());
      CompletableFuture<GoAway> told = new CompletableFuture<>();
      HttpClientRequest late = get(client.request(HttpMethod.GET, "/health"));
      HttpClientRequest first = get(client.request(HttpMethod.GET, "/health"));
      first.connection().goAwayHandler(told::complete);
      assertThat(get(first.send()).statusCode()).isEqualTo(200);
      members.server(1).leave();
      assertThat(get(late.send()).statusCode()).isEqualTo(200);
      GoAway goAway = told.get(20, TimeUnit.SECONDS);
      assertThat(goAway.getErrorCode()).isZero();
      assertThat(goAway.getLastStreamId()).isEqualTo(Integer.MAX_VALUE);
    } finally {
      get(vertx.close());
    }
  }

  private static HttpClient http2(Vertx vertx, int port) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(port)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false),
        new PoolOptions().setHttp2MaxSize(1));
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** There is nowhere else to go, so its clients are served to the end. */
  @Test
  void clientsOfAServerThatIsAloneAreNotSentAway() throws Exception {
    try (BatonServer server = Servers.start(Servers.memory().set(Key.SERVER_READY_GRACE, "1"));
        RawHttp connection = new RawHttp(server.port())) {
      server.leave();
      assertThat(connection.exchange("GET", "/ready").status()).isEqualTo(503);
      assertThat(connection.exchange("GET", "/health").header("connection")).isNull();
    }
  }
}
