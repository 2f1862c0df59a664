package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where it is not known where a request ends, or who is meant, its sender is told so, and nothing
 * behind it is taken for a request: a proxy before this server may have read it otherwise.
 */
class FramingIT {

  private static final String HEAD =
      "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n";
  private static final String GET = "GET /health HTTP/1.1\r\nhost: h\r\n\r\n";

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory().set(Key.SERVER_ALLOWED_HOSTS, "a_b-c.example"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String answers(String sent) throws IOException {
    try (var connection = new RawHttp(server.port())) {
      connection.send(RawHttp.ascii(sent));
      return connection.finish();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"size\r\n{}\r\n", "-2\r\n{}\r\n", "2\r\n{}\r\nnone\r\n"})
  void malformedChunksAreRefused(String chunks) throws IOException {
    assertThat(answers(HEAD + chunks + GET))
        .startsWith("HTTP/1.1 400 ")
        .contains("connection: close")
        .endsWith("\r\n\r\nthe chunks of the body are malformed\n");
  }

  @Test
  void malformedChunksAreRefusedInTheirTurn() throws IOException {
    String answers = answers(GET + HEAD + "size\r\n");
    assertThat(answers).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 400 ");
  }

  @Test
  void nothingIsToldAfterAnAnswer() throws IOException {
    String unknown = HEAD.replace("POST / ", "POST /unknown ");
    assertThat(answers(unknown + "size\r\n"))
        .startsWith("HTTP/1.1 404 ")
        .doesNotContain("HTTP/1.1 400 ");
  }

  /** A reset because of what was not read would take the refusal with it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        HEAD + "size\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nhost : h\r\n\r\n"
      })
  void theRefusalIsHeardThoughTheBodyGoesOn(String begin) throws IOException {
    byte[] more = new byte[1 << 20];
    Arrays.fill(more, (byte) 'x');
    try (var connection = new RawHttp(server.port())) {
      connection.send(RawHttp.ascii(begin));
      for (int i = 0; i < 20; i++) {
        connection.send(more);
      }
      assertThat(connection.finish()).matches("(?s)HTTP/1\\.1 (400|501) .*\r\n\r\n[^\r\n]+\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chunked, chunked", "gzip, chunked", "xchunked", "identity", "gzip"})
  void codingsThatAreNotSpokenAreRefused(String coding) throws IOException {
    assertThat(
            answers(
                "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: %s\r\n\r\n0\r\n\r\n%s"
                    .formatted(coding, GET)))
        .startsWith("HTTP/1.1 501 ")
        .endsWith("\r\n\r\nthe only transfer coding of a body is chunked\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "content-length: +5",
        "content-length: -1",
        "content-length: 0x5",
        "content-length: 99999999999999999999",
        "content-length : 5",
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 5",
        "transfer-encoding : chunked",
        "transfer-encoding: chunked, identity",
        " transfer-encoding: chunked",
        "x: 1\r\n transfer-encoding: chunked",
        "x: 1\rtransfer-encoding: chunked",
        "x: 1\u0000",
        "no colon",
        ": no name",
      })
  void otherHeadsThatCanBeReadInTwoWaysAreRefused(String headers) throws IOException {
    String answers =
        answers("POST / HTTP/1.1\r\nhost: h\r\n%s\r\n\r\n0\r\n\r\n%s".formatted(headers, GET));
    assertThat(answers).startsWith("HTTP/1.1 400 ").doesNotContain("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health HTTP/1.1 x",
        "GET /health HTTP/1.2",
        "GET /health HTTP/01.1",
        "GET /health",
        "G(T /health HTTP/1.1",
      })
  void malformedRequestLinesAreRefused(String line) throws IOException {
    assertThat(answers(line + "\r\nhost: h\r\n\r\n" + GET))
        .matches("(?s)HTTP/1\\.[12] (400|501) .*")
        .doesNotContain("HTTP/1.1 200 ");
  }

  /** RFC 9112, section 3.2. */
  @Test
  void aRequestWithoutHostIsRefusedAndTheConnectionGoesOn() throws IOException {
    assertThat(answers("GET /health HTTP/1.1\r\n\r\n" + GET))
        .startsWith("HTTP/1.1 400 ")
        .contains("no Host header")
        .contains("HTTP/1.1 200 ");
    assertThat(answers("GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health HTTP/1.1\r\nhost: a b",
        "GET /health HTTP/1.1\r\nhost: a/b",
        "GET /health HTTP/1.1\r\nhost: \u00e4",
        "GET /health HTTP/1.1\r\nhost: h\r\nhost: h",
        "GET http://other/health HTTP/1.1\r\nhost: h",
        "GET http://h:1/health HTTP/1.1\r\nhost: h",
        "GET http://other HTTP/1.1\r\nhost: h",
      })
  void requestsThatDoNotSayWhoIsMeantAreRefused(String head) throws IOException {
    assertThat(answers(head + "\r\n\r\n")).startsWith("HTTP/1.1 400 ").contains("ost");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health HTTP/1.1\r\nhost: [::1]:8001",
        "GET /health HTTP/1.1\r\nhost: a_b-c.example:80",
        "GET /health HTTP/1.1\r\nhost:",
        "GET http://H:80/health HTTP/1.1\r\nhost: h:80",
      })
  void requestsThatSayItAreServed(String head) throws IOException {
    assertThat(answers(head + "\r\n\r\n")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void tooLargeHeadsAreRefused() throws IOException {
    assertThat(answers("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nhost: h\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(answers("GET / HTTP/1.1\r\nhost: h\r\n" + "x: y\r\n".repeat(20_000) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(answers("GET /health HTTP/1.1\r\nhost: h\r\nx: " + "y".repeat(40_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void tooManyHeadersAreRefused() throws IOException {
    String head = "GET /health HTTP/1.1\r\nhost: h\r\n";
    assertThat(answers(head + "x: y\r\n".repeat(199) + "\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(answers(head + "x: y\r\n".repeat(200) + "\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .endsWith("\r\n\r\nthe request has more than 200 headers\n");
  }
}
