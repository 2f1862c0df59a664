package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.testing.Client;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that shut down their side of the connection as soon as they have said all. */
class HalfClosedIT {

  private static final String GET = "GET /health HTTP/1.1\r\nhost: h\r\n\r\n";

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory());
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /** What the server says to that, until it closes too. */
  private static String answer(String request) throws IOException {
    try (var connection = new RawHttp(server.port())) {
      connection.send(RawHttp.ascii(request));
      return connection.finish();
    }
  }

  private static String post(String body) {
    return new String(
        RawHttp.post(body.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.US_ASCII);
  }

  private static String create(String id) {
    return post(
        """
        {"kind":"promise.create","head":{"corrId":"c","version":"2026-04-01"},\
        "data":{"id":"%s","timeoutAt":99999999999999}}\
        """
            .formatted(id));
  }

  @Test
  void areAnsweredAndThenTheConnectionEnds() throws IOException {
    assertThat(answer(GET)).startsWith("HTTP/1.1 200 ");
    assertThat(answer(create("half"))).startsWith("HTTP/1.1 200 ").contains("\"pending\"");
    assertThat(answer("GET /calls?limit=1 HTTP/1.1\r\nhost: h\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("half");
  }

  @Test
  void areAnsweredAllThatTheyHaveAsked() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      all.append(create("many-" + i));
    }
    String said = answer(all.toString());
    for (int i = 0; i < 20; i++) {
      assertThat(said).contains("many-" + i);
    }
  }

  @Test
  void areToldTheWholeOfALargeAnswer() throws IOException {
    String page = client.send("GET", "/console/", null).raw().body();
    String script = page.replaceFirst("(?s).*src=\"([^\"]+\\.js)\".*", "$1");
    String path = "/console/" + script;
    String whole = client.send("GET", path, null).raw().body();
    String said = answer("GET %s HTTP/1.1\r\nhost: h\r\n\r\n".formatted(path));
    assertThat(said.substring(said.indexOf("\r\n\r\n") + 4))
        .hasSameSizeAs(
            new String(whole.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  @Test
  void areClosedIfTheyHaveNotSaidAll() throws IOException {
    assertThat(answer("")).isEmpty();
    assertThat(answer("GET /hea")).isEmpty();
    assertThat(answer("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n{")).isEmpty();
    assertThat(answer(GET + "GET /")).startsWith("HTTP/1.1 200 ").hasSizeLessThan(100);
    assertThat(
            answer(create("whole") + "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n{"))
        .startsWith("HTTP/1.1 200 ")
        .contains("whole");
  }

  @Test
  void areClosedIfTheyHaveGoneOverToHttp2() throws IOException {
    String upgrade =
        "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n";
    assertThat(answer("GET /health HTTP/1.1\r\nhost: h\r\n" + upgrade)).startsWith("HTTP/1.1 101 ");
  }

  /** A process that has died looks the same: its work is not to wait. */
  @Test
  void whoListensToAStreamHasGone() throws IOException {
    try (var worker = new RawHttp(server.port())) {
      worker.begin("GET", "/poll/half-closed/w");
      await().until(() -> workers() == 1);
      worker.finish();
      await().until(() -> workers() == 0);
    }
    answer("GET /poll/half-closed/w HTTP/1.1\r\nhost: h\r\n\r\n");
    await().until(() -> workers() == 0);
  }

  private static int workers() {
    return client.send("GET", "/groups/half-closed", null).body().path("connectedWorkers").asInt();
  }
}
