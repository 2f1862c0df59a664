package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestsTest {

  private static final Request GET = new PromiseRequest.Get("a");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private interface Reply {
    Response give() throws IOException;
  }

  private static Requests answering(Reply... replies) {
    Queue<Reply> queue = new ArrayDeque<>(Arrays.asList(replies));
    return answeringAlways(() -> queue.remove().give());
  }

  private static Requests answeringAlways(Reply reply) {
    return new Requests(
        new Transport() {
          @Override
          public Response send(Request request) throws IOException {
            return reply.give();
          }

          @Override
          public CompletableFuture<Response> begin(Request request) {
            try {
              return CompletableFuture.completedFuture(send(request));
            } catch (IOException e) {
              return CompletableFuture.failedFuture(e);
            }
          }
        },
        Time.system());
  }

  private static Response lost() throws IOException {
    throw new IOException("connection reset");
  }

  private static Response busy() throws IOException {
    throw new Transport.BusyException(429, Duration.ofMillis(1));
  }

  private static Response broken() {
    return Response.failure(500, "Internal error: disk full");
  }

  @Test
  void repeatsUntilThereIsAnAnswer() {
    var requests =
        answering(RequestsTest::lost, RequestsTest::busy, RequestsTest::broken, Response::ok);
    assertThat(requests.send(GET, PATIENCE)).isEqualTo(Response.ok());
  }

  @Test
  void saysWhetherAnEarlierTryMayHaveTakenEffect() {
    assertThat(answering(RequestsTest::lost, Response::ok).send(GET, () -> true).repeated())
        .isTrue();
    assertThat(answering(RequestsTest::busy, Response::ok).send(GET, () -> true).repeated())
        .isFalse();
  }

  @Test
  void busyServerThatAsksForNoPauseIsNotAskedWithoutOne() {
    var asked = new AtomicInteger();
    var requests =
        answeringAlways(() -> {
          asked.incrementAndGet();
          throw new Transport.BusyException(503, Duration.ZERO);
        });
    assertThatThrownBy(() -> requests.send(GET, Duration.ofSeconds(1)))
        .hasMessageContaining("too busy: 503");
    assertThat(asked).hasValueLessThan(50);
  }

  @Test
  void refusalIsAnAnswer() {
    var requests = answering(() -> Response.failure(404, "Promise not found"));
    assertThatThrownBy(() -> requests.call(GET, PATIENCE))
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404))
        .hasMessage("the server refused promise.get with 404: Promise not found");
  }

  @Test
  void impatienceEndsWithWhatWentWrongLast() {
    assertThatThrownBy(() -> answering(RequestsTest::lost).send(GET, () -> false))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("promise.get was not answered: connection reset");
    assertThatThrownBy(() -> answering(RequestsTest::busy).send(GET, () -> false))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("too busy: 429");
    assertThatThrownBy(() -> answering(RequestsTest::broken).send(GET, () -> false))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("disk full");
  }

  @Test
  void whatIsClosedIsNotAskedAgain() {
    Reply closed =
        () -> {
          throw new Transport.ClosedException(new IOException("closed"));
        };
    assertThatThrownBy(() -> answering(closed).send(GET, () -> true))
        .isInstanceOf(ConnectionException.class);
    assertThat(answering(closed).begin(GET, () -> true))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(ConnectionException.class);
  }

  @Test
  void interruptionEndsItAndStaysSet() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> answering(RequestsTest::lost).send(GET, PATIENCE))
        .isInstanceOf(ResonateException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }
}
