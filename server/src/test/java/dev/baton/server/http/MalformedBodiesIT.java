package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who sends chunks that are none is told so, and nothing behind them is taken for a request. */
class MalformedBodiesIT {

  private static final String HEAD =
      "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n";
  private static final String GET = "GET /health HTTP/1.1\r\nhost: h\r\n\r\n";

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory());
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
  void areRefused(String chunks) throws IOException {
    assertThat(answers(HEAD + chunks + GET))
        .startsWith("HTTP/1.1 400 ")
        .contains("connection: close")
        .endsWith("\r\n\r\nthe chunks of the body are malformed\n");
  }

  @Test
  void areRefusedInTheirTurn() throws IOException {
    String answers = answers(GET + HEAD + "size\r\n");
    assertThat(answers).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 400 ");
  }

  @Test
  void areNotToldAfterAnAnswer() throws IOException {
    String unknown = HEAD.replace("POST / ", "POST /unknown ");
    assertThat(answers(unknown + "size\r\n"))
        .startsWith("HTTP/1.1 404 ")
        .doesNotContain("HTTP/1.1 400 ");
  }
}
