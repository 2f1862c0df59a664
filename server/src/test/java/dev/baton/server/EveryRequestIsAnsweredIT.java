package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.server.config.Key;
import dev.baton.testing.Ports;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Whatever the method and however the path is written: an answer, and the connection goes on. */
class EveryRequestIsAnsweredIT {

  private static final List<String> METHODS =
      List.of("HEAD", "OPTIONS", "TRACE", "DELETE", "PATCH", "PUT", "BREW");

  private static final List<String> PATHS =
      List.of(
          "/",
          "/health",
          "/ready",
          "/poll/g/w",
          "/poll/g",
          "/groups",
          "/groups/g",
          "/groups/g/workers/w/drain",
          "/promises",
          "/promises/x",
          "/schedules",
          "/tasks/claim",
          "/ping",
          "/nowhere");

  private static BatonServer server;
  private static final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void start() throws IOException {
    log.start();
    root().addAppender(log);
    server = Servers.start(Servers.memory().set(Key.METRICS_PORT, Integer.toString(Ports.free())));
  }

  @AfterAll
  static void stop() {
    server.close();
    root().detachAppender(log);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private static Stream<Arguments> requests() {
    return METHODS.stream()
        .flatMap(method -> PATHS.stream().map(path -> Arguments.of(method, path)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("requests")
  void theConnectionGoesOnAfterAnyMethodOnAnyPath(String method, String path) throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      for (String accept : List.of("*/*", "text/event-stream")) {
        RawHttp.Answer answer = connection.exchange(method, path, "accept: " + accept);
        assertThat(answer.status()).isBetween(200, 499);
        assertThat(connection.exchange("GET", "/health").status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OPTIONS, /health, 405, 'GET,HEAD'",
    "HEAD, /health, 200,",
    "HEAD, /poll/g/w, 200,",
    "HEAD, /poll/g/w?slots=0, 400,",
    "HEAD, /poll/g/, 400,",
    "HEAD, /groups, 200,",
    "HEAD, /groups/g, 200,",
    "HEAD, /, 405, POST",
    "OPTIONS, /, 405, POST",
    "OPTIONS, /groups/g, 405, 'GET,HEAD,PUT'",
    "HEAD, /groups/g/workers/w/drain, 405, POST"
  })
  void headGoesWhereGetDoes(String method, String path, int status, String allowed)
      throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      RawHttp.Answer answer = connection.exchange(method, path);
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("allow")).isEqualTo(allowed);
    }
  }

  @Test
  void thePortOfTheMetricsAnswersEveryMethodToo() throws IOException {
    try (RawHttp metrics = new RawHttp(server.metricsPort())) {
      for (String method : METHODS) {
        assertThat(metrics.exchange(method, "/metrics").status())
            .isEqualTo(method.equals("HEAD") ? 200 : 405);
        assertThat(metrics.exchange(method, "/else").status()).isEqualTo(404);
      }
    }
  }

  @Test
  void whoAsksBeforeSendingIsToldAtOnceThatItIsTooLarge() throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send(asking(99_999_999));
      RawHttp.Answer answer = connection.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(connection.finish()).isEmpty();
    }
    byte[] body =
        RawHttp.ascii(
            "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"1\",\"version\":\"2026-04-01\"},\"data\":{\"id\":\"none\"}}");
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send(asking(body.length));
      assertThat(connection.read().status()).isEqualTo(100);
      connection.send(body);
      assertThat(connection.read().status()).isEqualTo(404);
      assertThat(connection.exchange("GET", "/health").status()).isEqualTo(200);
    }
  }

  @Test
  void aCompressedBodyIsNotTakenForBadText() throws IOException {
    byte[] body = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0};
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send(
          RawHttp.joined(
              RawHttp.ascii(
                  "POST / HTTP/1.1\r\nhost: here\r\ncontent-encoding: gzip\r\ncontent-length: 8\r\n\r\n"),
              body));
      RawHttp.Answer answer = connection.read();
      assertThat(answer.status()).isEqualTo(415);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("gzip");
    }
  }

  private static byte[] asking(int length) {
    return RawHttp.ascii(
        "POST / HTTP/1.1\r\nhost: here\r\nexpect: 100-continue\r\ncontent-length: %d\r\n\r\n"
            .formatted(length));
  }

  private static List<String> malformed() {
    return List.of(
        "/poll/g/w?run=50%",
        "/poll/g/w?x=%zz",
        "/poll/g%/w",
        "/poll/g/%ff",
        "/poll/g/w?run=%c3",
        "/poll/g/\u00fc",
        "/groups?%",
        "/groups/%E0%A4",
        "/groups/g/workers/w/drain?by=%zz",
        "/groups/g/workers/w/gone?%=1",
        "/groups/g/workers/w/resume?run=%8",
        "/promises?id=%",
        "/promises/%2",
        "/schedules?limit=%zz",
        "/schedules/x%",
        "/tasks/claim?%g1",
        "/health?%",
        "/nowhere/%");
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedEscapesAreSaidSo(String path) throws IOException {
    for (String method : List.of("GET", "POST", "HEAD", "DELETE")) {
      try (RawHttp connection = new RawHttp(server.port())) {
        RawHttp.Answer answer = connection.exchange(method, path);
        assertThat(answer.status()).as(method).isEqualTo(400);
        assertThat(connection.exchange("GET", "/health").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void malformedEscapesAreSaidSoOnThePortOfTheMetrics() throws IOException {
    try (RawHttp metrics = new RawHttp(server.metricsPort())) {
      assertThat(metrics.exchange("GET", "/metrics?name%5=x").status()).isEqualTo(400);
      assertThat(metrics.exchange("GET", "/%").status()).isEqualTo(400);
    }
  }

  @Test
  void theProtocolIgnoresTheQuery() throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      assertThat(connection.exchange("POST", "/?%zz").status()).isEqualTo(400);
      assertThat(connection.exchange("OPTIONS", "/?%zz").status()).isEqualTo(405);
    }
  }

  @ParameterizedTest
  @CsvSource({"/poll/g/w", "/groups", "/groups/g"})
  void streamsBeginAtOnceAndNothingOnTheWayMayHoldThemBack(String path) throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      RawHttp.Answer head =
          connection.begin("GET", path, "accept: text/event-stream", "accept-encoding: gzip, br");
      assertThat(head.header("cache-control")).isEqualTo("no-cache, no-transform");
      assertThat(head.header("x-accel-buffering")).isEqualTo("no");
      assertThat(head.header("content-encoding")).isNull();
      assertThat(Integer.parseInt(String.valueOf(head.header("baton-keep-alive-ms"))))
          .isEqualTo(path.startsWith("/poll") ? 10_000 : 5_000);
      assertThat(connection.chunk()).startsWith(":");
    }
  }

  @ParameterizedTest
  @CsvSource({"200, 200", "60000, 10000"})
  void whoAsksForSignsOfLifeHearsThemAsOftenButNotMoreSeldomThanOthers(int asked, int said)
      throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      RawHttp.Answer head =
          connection.begin("GET", "/poll/alive/w?keep-alive=" + asked, "accept: text/event-stream");
      assertThat(head.header("baton-keep-alive-ms")).isEqualTo(Integer.toString(said));
      assertThat(connection.chunk()).startsWith(":");
      if (said < 1_000) {
        assertThat(connection.chunk()).as("long before ten seconds").startsWith(":");
      }
    }
  }

  @Test
  void noHandlerLetsAnExceptionThrough() throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.exchange("GET", "/poll/g/w?run=%");
      assertThat(connection.exchange("GET", "/health").status()).isEqualTo(200);
    }
    await()
        .untilAsserted(() ->
            assertThat(List.copyOf(log.list))
                .noneMatch(event -> event.getMessage().contains("Unhandled exception"))
                .noneMatch(event -> event.getMessage().contains("failed")));
  }
}
