package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.testing.RawHttp;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class GuardIT {

  private final Vertx vertx = Vertx.vertx();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(Guard.class)).addAppender(log);
  }

  @AfterEach
  void stop() {
    ((Logger) LoggerFactory.getLogger(Guard.class)).detachAppender(log);
    vertx.close();
  }

  private int serve(Handler<HttpServerRequest> handler) {
    return vertx
        .createHttpServer()
        .requestHandler(Guard.around(handler))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  @Test
  void aHandlerThatFailsAnswers500IsLoggedOnceAndTheConnectionGoesOn() throws IOException {
    int port =
        serve(_ -> {
          throw new IllegalStateException("a bug");
        });
    try (RawHttp connection = new RawHttp(port)) {
      assertThat(connection.exchange("GET", "/a").status()).isEqualTo(500);
      assertThat(connection.exchange("GET", "/b").status()).isEqualTo(500);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("GET /a failed", "GET /b failed");
  }

  /** RFC 9112, section 3.2. */
  @Test
  void aRequestToTwoHostsIsRefusedAndTheConnectionGoesOn() throws IOException {
    int port = serve(request -> Texts.empty(request, 204));
    try (RawHttp connection = new RawHttp(port)) {
      RawHttp.Answer refused = connection.exchange("GET", "/", "host: other");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body()).asString().contains("more than one Host header");
      assertThat(connection.exchange("GET", "/", "HOST: here").status()).isEqualTo(400);
      assertThat(connection.exchange("GET", "/").status()).isEqualTo(204);
    }
  }

  @Test
  void aBodyWhoseReaderFailsIsAnswered500() throws IOException {
    int port =
        serve(request ->
            Body.read(
                request,
                new Intake(
                    MemoryLedger.unlimited().account(MemoryLedger.Part.REQUESTS), Duration.ZERO),
                10,
                _ -> {
                  throw new IllegalStateException("a bug");
                },
                () -> {}));
    try (RawHttp connection = new RawHttp(port)) {
      assertThat(connection.exchange("POST", "/a").status()).isEqualTo(500);
      assertThat(connection.exchange("POST", "/a").status()).isEqualTo(500);
    }
  }

  @Test
  void anAnswerThatHasBegunIsBrokenOff() throws IOException {
    int port =
        serve(request -> {
          EventStream.begin(request, Duration.ofSeconds(1));
          request.response().write(":\n\n");
          throw new IllegalStateException("a bug");
        });
    try (RawHttp connection = new RawHttp(port)) {
      assertThatThrownBy(
              () -> {
                connection.begin("GET", "/stream");
                connection.chunk();
                connection.chunk();
              })
          .isInstanceOf(IOException.class);
    }
  }
}
