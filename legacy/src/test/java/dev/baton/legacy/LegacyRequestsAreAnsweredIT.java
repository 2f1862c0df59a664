package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the method and however the path is written: an answer, and the connection goes on. */
class LegacyRequestsAreAnsweredIT {

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server = LegacyServers.start(LegacyServers.memory());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/promises",
        "/promises/x",
        "/promises/x/y",
        "/schedules",
        "/schedules/x",
        "/tasks",
        "/tasks/claim",
        "/callbacks",
        "/subscriptions",
        "/ping"
      })
  void theConnectionGoesOnAfterAnyMethodOnAnyPath(String path) throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      for (String method : List.of("HEAD", "OPTIONS", "TRACE", "DELETE", "PUT", "BREW")) {
        assertThat(connection.exchange(method, path).status()).as(method).isBetween(200, 499);
        assertThat(connection.exchange("GET", "/health").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void headGoesWhereGetDoes() throws IOException {
    try (RawHttp connection = new RawHttp(server.port());
        RawHttp messages = new RawHttp(server.legacyPort())) {
      for (String path : List.of("/promises?id=x", "/promises/none", "/schedules/none")) {
        assertThat(connection.exchange("HEAD", path).status())
            .as(path)
            .isEqualTo(connection.exchange("GET", path).status());
      }
      assertThat(messages.exchange("HEAD", "/g/w").status()).isEqualTo(200);
      assertThat(messages.exchange("OPTIONS", "/g/w").status()).isEqualTo(404);
      assertThat(messages.begin("GET", "/g/w").header("x-accel-buffering")).isEqualTo("no");
      assertThat(messages.chunk()).startsWith(":");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/promises?id=%",
        "/promises/%2",
        "/promises/%ff",
        "/schedules?limit=%zz",
        "/schedules/x%",
        "/tasks/claim?%g1"
      })
  void malformedEscapesAreSaidSo(String path) throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      for (String method : List.of("GET", "POST", "PATCH", "DELETE")) {
        assertThat(connection.exchange(method, path).status()).as(method).isEqualTo(400);
      }
    }
  }

  @Test
  void malformedEscapesAreSaidSoOnTheMessagePort() throws IOException {
    try (RawHttp messages = new RawHttp(server.legacyPort())) {
      assertThat(messages.exchange("GET", "/g/w?run=%zz").status()).isEqualTo(400);
      assertThat(messages.exchange("GET", "/g%/w").status()).isEqualTo(400);
    }
  }
}
