package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRequest;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class PollConnectionIT {

  private static final String EVENT =
      ": hello\n\ndata: {\"kind\":\"execute\",\"head\":{},"
          + "\"data\":{\"task\":{\"id\":\"a\",\"version\":3}}}\n\ndata: nonsense\n\n";
  private static final String HEARD = "Execute[serverUrl=, taskId=a, version=3]";

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    over.countDown();
  }

  @Test
  void connectsAgainAtOnceAfterAnEnd() {
    try (var server =
            new StubServer(exchange -> {
              StubServer.stream(exchange, EVENT);
              exchange.close();
            });
        var transport = new HttpTransport(server.settings());
        var connection = connection(transport, PollConnection.SILENCE)) {
      connection.open();
      await()
          .untilAsserted(() ->
              assertThat(heard)
                  .startsWith(
                      "connected", HEARD, "disconnected", "connected", HEARD, "disconnected"));
    }
  }

  @Test
  void peerThatFallsSilentIsGivenUp() {
    try (var server =
            new StubServer(exchange -> {
              StubServer.stream(exchange, ": hello\n\n");
              over.await();
            });
        var transport = new HttpTransport(server.settings());
        var connection = connection(transport, Duration.ofMillis(50))) {
      connection.open();
      await()
          .untilAsserted(
              () -> assertThat(heard).startsWith("connected", "disconnected", "connected"));
      over.countDown();
    }
  }

  @ParameterizedTest
  @CsvSource({"10000, 32500", "60000, 190000", "1500, 4875", "'', 40000", "soon, 40000"})
  void theServerSaysHowOftenItIsHeardAtLeast(String keepAlive, long silenceMs) {
    var head = HttpHeaders.of(Map.of("Baton-Keep-Alive-Ms", List.of(keepAlive)), (_, _) -> true);
    assertThat(PollConnection.silenceMs(head, PollConnection.SILENCE.toMillis()))
        .isEqualTo(silenceMs);
  }

  @Test
  void whatIsSentToASilentServerFailsWithItsStreamAndNotMuchLater() {
    try (var server =
            new StubServer(exchange -> {
              if (exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("baton-keep-alive-ms", "100");
                StubServer.stream(exchange, ": hello\n\n");
              }
              over.await();
            });
        var transport = new HttpTransport(server.settings());
        var connection = connection(transport, PollConnection.SILENCE)) {
      var request = transport.begin(new PromiseRequest.Get("a"));
      connection.open();
      // Else each waits for its own ten seconds.
      assertThatThrownBy(() -> request.get(5, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(IOException.class);
      await()
          .untilAsserted(
              () -> assertThat(heard).startsWith("connected", "disconnected", "connected"));
      over.countDown();
    }
  }

  @Test
  void refusalIsNoConnectionAndIsToldWithItsText() {
    try (var server =
            new StubServer(
                exchange -> StubServer.answer(exchange, 401, Map.of(), "many\nlines\nof\ntext\n"));
        var transport = new HttpTransport(server.settings());
        var connection = connection(transport, PollConnection.SILENCE)) {
      connection.open();
      await().untilAsserted(() -> assertThat(heard).hasSizeGreaterThan(2));
      assertThat(heard).containsOnly("401 many\nlines\nof\ntext");
    }
  }

  @Test
  void serverThatAsksForNoPauseIsNotAskedWithoutOne() throws Exception {
    List<Long> askedAt = new CopyOnWriteArrayList<>();
    try (var server =
            new StubServer(exchange -> {
              askedAt.add(System.nanoTime());
              StubServer.answer(exchange, 503, Map.of("retry-after", "0"), "busy");
            });
        var transport = new HttpTransport(server.settings());
        var connection = connection(transport, PollConnection.SILENCE)) {
      connection.open();
      await().until(() -> askedAt.size() >= 6);
      // Five pauses: at least 50, 100, 200, 400 and 800 ms.
      assertThat(Duration.ofNanos(askedAt.get(5) - askedAt.get(0)))
          .isGreaterThan(Duration.ofMillis(1_549));
    }
  }

  @Test
  void failureOfAListenerDoesNotMakeTheProcessDeaf() {
    try (var server =
            new StubServer(exchange -> {
              StubServer.stream(exchange, EVENT);
              exchange.close();
            });
        var transport = new HttpTransport(server.settings());
        var connection = connection(transport, PollConnection.SILENCE)) {
      failures.set(2);
      connection.open();
      await().untilAsserted(() -> assertThat(heard).contains(HEARD));
      assertThat(failures).hasValue(0);
    }
  }

  @Test
  void closingEndsTheStream() {
    try (var server =
            new StubServer(exchange -> {
              StubServer.stream(exchange, EVENT);
              over.await();
            });
        var transport = new HttpTransport(server.settings())) {
      var connection = connection(transport, PollConnection.SILENCE);
      connection.open();
      await().untilAsserted(() -> assertThat(heard).contains(HEARD));
      connection.close();
      await().untilAsserted(() -> assertThat(heard).endsWith("disconnected"));
      over.countDown();
    }
  }

  private PollConnection connection(HttpTransport transport, Duration silence) {
    return new PollConnection(
        transport,
        () -> "/poll/g/w",
        new PollConnection.Listener() {
          @Override
          public void connected() {
            heard.add("connected");
          }

          @Override
          public void disconnected() {
            heard.add("disconnected");
          }

          @Override
          public void received(Message message) {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
              throw new StackOverflowError("as if the listener were broken");
            }
            heard.add(message.toString());
          }

          @Override
          public void refused(int status, String text) {
            heard.add(status + " " + text);
          }

          @Override
          public void unreachable(String why) {
            heard.add("unreachable");
          }

          @Override
          public void taken() {
            heard.add("taken");
          }
        },
        silence);
  }
}
