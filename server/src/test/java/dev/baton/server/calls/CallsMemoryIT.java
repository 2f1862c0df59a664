package dev.baton.server.calls;

import static dev.baton.testing.RawHttp.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.BatonServer;
import dev.baton.server.MemoryMetrics;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever looks at calls with large payloads or tags holds a bounded number of bytes. */
@Timeout(120)
class CallsMemoryIT {

  private static final int LIMIT = 16 << 20;
  private static final int TAGGED = 6;

  private final BatonServer server =
      Servers.start(
          Servers.memory()
              .set(Key.METRICS_PORT, Servers.freePort())
              .set(Key.MEMORY_ANSWERS, Integer.toString(LIMIT)));
  private final Client client = new Client(server.port());
  private final Client metrics = new Client(server.metricsPort());
  private final MemoryMetrics answers = new MemoryMetrics(metrics, "answers");
  private final List<RawHttp> connections = new ArrayList<>();

  @BeforeEach
  void create() {
    create("large", "'data':'%s'".formatted("AAAA".repeat(450_000)), "");
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tags.add("'t%d':'%s'".formatted(i, "x".repeat(60_000)));
    }
    for (int i = 0; i < TAGGED; i++) {
      create("tagged." + i, "", String.join(",", tags));
    }
  }

  private void create(String id, String param, String tags) {
    assertThat(
            client
                .call(
                    "promise.create",
                    "{'id':'%s','timeoutAt':99999999999999,'param':{%s},'tags':{%s}}"
                        .formatted(id, param, tags))
                .status())
        .isEqualTo(200);
  }

  @AfterEach
  void stop() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
    metrics.close();
    client.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/calls/large/param", "/calls/tagged.1"})
  void whatIsNotReadIsBoundedAndThenCutOff(String path) throws IOException {
    for (int i = 0; i < 40; i++) {
      RawHttp connection = new RawHttp(server.port(), 4_096);
      connections.add(connection);
      connection.send(ascii("GET %s HTTP/1.1\r\nhost: h\r\n\r\n".formatted(path).repeat(20)));
    }
    await().until(() -> answers.refusals() > 0);
    assertThat(answers.held()).isLessThanOrEqualTo(LIMIT / 2.0);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.send("GET", path, null).status() == 200);
    for (RawHttp connection : connections) {
      connection.close();
    }
    await().until(() -> answers.held() == 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/calls?prefix=tagged", "/calls?order=recent", "/calls/tagged/tree?limit=9"})
  void aPageEndsBeforeItIsTooLargeAndTheNextGoesOn(String path) {
    for (int i = 0; i < TAGGED; i++) {
      client.call("promise.settle", "{'id':'tagged.%d','state':'resolved'}".formatted(i));
    }
    List<String> ids = new ArrayList<>();
    JsonNode page = client.send("GET", path, null).body();
    assertThat(page.path("items").size()).isBetween(1, TAGGED - 1);
    while (true) {
      page.path("items").forEach(item -> ids.add(item.path("id").textValue()));
      if (page.path("complete").booleanValue()) {
        break;
      }
      char separator = path.indexOf('?') < 0 ? '?' : '&';
      String cursor = page.path("cursor").textValue().replace(":", "%3A");
      page = client.send("GET", path + separator + "cursor=" + cursor, null).body();
    }
    assertThat(ids).hasSize(TAGGED).doesNotHaveDuplicates();
  }

  @Test
  void aCursorOfBeforeARestartGoesOnWithWhatIsRemembered() {
    client.call("promise.settle", "{'id':'large','state':'resolved'}");
    JsonNode page = client.send("GET", "/calls?order=recent&cursor=999999999", null).body();
    assertThat(page.path("items").path(0).path("id").textValue()).isEqualTo("large");
    assertThat(page.path("complete").booleanValue()).isTrue();
  }
}
