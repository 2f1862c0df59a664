package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.sdk.internal.wire.StubServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpTransportIT {

  private static final PromiseRequest GET = new PromiseRequest.Get("a");
  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  @Test
  void busyServerSaysWhenToComeBack() throws Exception {
    try (var server = answering(503, Map.of("retry-after", "2"), "busy");
        var transport = new HttpTransport(server.settings())) {
      assertThatThrownBy(() -> transport.send(GET))
          .isInstanceOfSatisfying(
              Transport.BusyException.class,
              e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(2)));
    }
    try (var server = answering(429, Map.of("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), "");
        var transport = new HttpTransport(server.settings())) {
      assertThatThrownBy(() -> transport.send(GET))
          .isInstanceOfSatisfying(
              Transport.BusyException.class, e -> assertThat(e.retryAfter()).isNull());
    }
  }

  @Test
  void whatIsNoServerOfTheProtocolIsNamed() throws Exception {
    try (var server = answering(404, Map.of("content-type", "text/html"), "<p>not here</p>");
        var transport = new HttpTransport(server.settings())) {
      var response = transport.send(GET);
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.body().toString()).contains("no server of the protocol at http://");
    }
  }

  @Test
  void gatewayThatHasLostTheServerIsNotTakenForIt() throws Exception {
    var isLost = new AtomicBoolean();
    Script script =
        exchange -> {
          if (isLost.get()) {
            StubServer.answer(exchange, 404, Map.of(), "");
          } else {
            StubServer.answer(
                exchange,
                404,
                JSON,
                """
                {"kind": "promise.get", "head": {"corrId": "1", "status": 404,
                 "version": "2026-04-01"}, "data": "Promise not found"}
                """);
          }
        };
    try (var server = new StubServer(script);
        var transport = new HttpTransport(server.settings())) {
      assertThat(transport.send(GET).status()).isEqualTo(404);
      isLost.set(true);
      assertThatThrownBy(() -> transport.send(GET))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "something other than the server answered with HTTP 404 at http://");
    }
  }

  @Test
  void tooLargeARequestSaysHowLargeItWas() throws Exception {
    try (var server = answering(413, Map.of("content-type", "text/plain"), "too large");
        var transport = new HttpTransport(server.settings())) {
      var failure = (Response.Failure) transport.send(GET).body();
      assertThat(failure.text()).matches("the request of \\d+ bytes is too large");
    }
  }

  @Test
  void brokenAnswersMayBeAskedForAgain() throws Exception {
    for (String body : new String[] {"{", "{}", "[]", "null"}) {
      try (var server = answering(200, JSON, body);
          var transport = new HttpTransport(server.settings())) {
        assertThatThrownBy(() -> transport.send(GET)).isInstanceOf(IOException.class);
      }
    }
    try (var server = answering(502, Map.of("content-type", "text/html"), "bad gateway");
        var transport = new HttpTransport(server.settings())) {
      assertThatThrownBy(() -> transport.send(GET))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("HTTP 502");
    }
  }

  @Test
  void aPageThatSendsElsewhereIsNamed() throws Exception {
    try (var server = answering(302, Map.of("location", "https://login.example/"), "");
        var transport = new HttpTransport(server.settings())) {
      assertThatThrownBy(() -> transport.send(GET))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("something other than the server answered with HTTP 302 at http:")
          .hasMessageEndingWith("/base/ (go to https://login.example/)");
    }
  }

  @Test
  void pathsAreBelowTheUrlAndCarryTheToken() throws Exception {
    try (var server = answering(200, JSON, "{}");
        var transport = new HttpTransport(server.settings().withToken("jwt"))) {
      var identity = new Identity(server.settings().url(), "my workers", "w/1");
      transport.drain(identity);
      assertThatThrownBy(() -> transport.send(GET)).isInstanceOf(IOException.class);
      assertThat(server.seen)
          .containsExactly(
              "POST /base/groups/my%20workers/workers/w%2F1/drain?run="
                  + identity.run()
                  + " Bearer jwt",
              "POST /base/ Bearer jwt");
    }
  }

  private static StubServer answering(int status, Map<String, String> headers, String body) {
    return new StubServer(exchange -> StubServer.answer(exchange, status, headers, body));
  }
}
