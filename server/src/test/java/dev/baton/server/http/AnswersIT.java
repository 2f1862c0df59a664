package dev.baton.server.http;

import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.BatonServer;
import dev.baton.server.MemoryMetrics;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that ask for much and do not read it hold a bounded number of bytes. */
@Timeout(120)
class AnswersIT {

  private static final int LARGE = 1_500_000;
  private static final int LIMIT = 16 << 20;

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
    String data = "{'id':'large','timeoutAt':99999999999999,'param':{'data':'%s'},'tags':{}}";
    assertThat(client.call("promise.create", data.formatted("x".repeat(LARGE))).status())
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

  private static byte[] get(String id) {
    return RawHttp.post(
        ascii(
            "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
                + "\"data\":{\"id\":\""
                + id
                + "\"}}"));
  }

  private RawHttp connect() throws IOException {
    RawHttp connection = new RawHttp(server.port(), 4_096);
    connections.add(connection);
    return connection;
  }

  @Test
  void aConnectionThatDoesNotReadHoldsOneAnswerHoweverManyItAsksFor() throws IOException {
    RawHttp silent = connect();
    byte[][] many = new byte[60][];
    Arrays.fill(many, get("large"));
    silent.send(joined(many));
    await().until(() -> answers.held() > 0);
    await().during(Duration.ofMillis(300)).until(() -> answers.held() < 2 * LARGE);
    for (int i = 0; i < many.length; i++) {
      RawHttp.Answer answer = silent.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).hasSizeGreaterThan(LARGE);
    }
    await().until(() -> answers.held() == 0);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    RawHttp connection = connect();
    for (int i = 0; i < 300; i++) {
      connection.send(get(i % 3 == 0 ? "large" : "none"));
      if (i % 3 == 2) {
        assertThat(connection.read().status()).isEqualTo(200);
        assertThat(connection.read().status()).isEqualTo(404);
        assertThat(connection.read().status()).isEqualTo(404);
      }
    }
    connection.send(
        joined(
            get("none"),
            get("none"),
            ascii("GET /health HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")));
    assertThat(connection.read().status()).isEqualTo(404);
    assertThat(connection.read().status()).isEqualTo(404);
    assertThat(connection.finish()).startsWith("HTTP/1.1 200");
  }

  @Test
  void manyThatDoNotReadAreBoundedTogetherAndThenCutOff() throws IOException {
    for (int i = 0; i < 40; i++) {
      connect().send(joined(get("large"), get("large"), get("large"), get("large")));
    }
    await().until(() -> answers.refusals() > 0);
    assertThat(answers.held()).as("half of it is for others").isLessThanOrEqualTo(LIMIT / 2.0);
    // Small answers are given all the time, large ones again as soon as those have been cut off.
    assertThat(client.call("promise.get", "{'id':'none'}").status()).isEqualTo(404);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.call("promise.get", "{'id':'large'}").status() == 200);
    for (RawHttp connection : connections) {
      connection.close();
    }
    await().until(() -> answers.held() == 0);
  }

  @Test
  void aGroupThatIsManyBytesIsCountedLikeAllThatIsLarge() throws IOException {
    List<Client.Stream> workers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      workers.add(client.open("/poll/g/" + i + "x".repeat(4_000)));
    }
    for (int i = 0; i < 40; i++) {
      connect().send(ascii("GET /groups/g HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(20)));
    }
    await().until(() -> answers.held() > 0);
    workers.forEach(Client.Stream::close);
  }
}
