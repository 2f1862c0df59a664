package dev.baton.server;

import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server passes on, and its clients do not read, holds a bounded number of bytes there. */
@Timeout(120)
class UnreadOverReplicaIT {

  private static final int OWNER = 0;
  private static final int REPLICA = 1;
  private static final int LIMIT = 16 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Members members =
      new Members(
          2,
          layers ->
              layers
                  .set(Key.METRICS_PORT, Servers.freePort())
                  .set(Key.MEMORY_ANSWERS, Integer.toString(LIMIT)));
  private final Client client = members.client(REPLICA);
  private final Client metrics = new Client(members.server(REPLICA).metricsPort());
  private final MemoryMetrics answers = new MemoryMetrics(metrics, "answers");
  private final List<RawHttp> connections = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    disconnect();
    metrics.close();
    members.close();
  }

  private void disconnect() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
  }

  private void ask(byte[] requests) throws IOException {
    RawHttp connection = new RawHttp(members.server(REPLICA).port(), 4_096);
    connections.add(connection);
    connection.send(requests);
  }

  @Test
  void answersOfTheProtocolAreBoundedAndThenCutOff() throws IOException {
    members.own(OWNER);
    String data = "{'id':'large','timeoutAt':99999999999999,'param':{'data':'%s'},'tags':{}}";
    assertThat(client.call("promise.create", data.formatted("x".repeat(1_500_000))).status())
        .isEqualTo(200);
    byte[] get =
        RawHttp.post(
            ascii(
                "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
                    + "\"data\":{\"id\":\"large\"}}"));
    for (int i = 0;
        i < 40 && answers.refusals() == 0;
        i++) { // All at once the owner would refuse most.
      double before = answers.held();
      ask(joined(get, get, get, get));
      await().atMost(PATIENCE).until(() -> answers.held() > before || answers.refusals() > 0);
    }
    assertThat(answers.refusals()).isPositive();
    assertThat(answers.held()).as("half of it is for others").isLessThanOrEqualTo(LIMIT / 2.0);
    assertThat(client.call("promise.get", "{'id':'none'}").status()).isEqualTo(404);
    await()
        .atMost(PATIENCE)
        .until(() -> client.call("promise.get", "{'id':'large'}").status() == 200);
    disconnect();
    await().atMost(PATIENCE).until(() -> answers.held() == 0);
  }

  @Test
  void soIsAllElseThatIsPassedOn() throws IOException {
    members.own(OWNER);
    List<Client.Stream> workers = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      workers.add(client.open("/poll/g/" + i + "x".repeat(4_000)));
    }
    for (int i = 0; i < 40; i++) {
      ask(ascii("GET /groups/g HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(8)));
    }
    await().atMost(PATIENCE).until(() -> answers.refusals() > 0);
    assertThat(answers.held()).as("half of it is for others").isLessThanOrEqualTo(LIMIT / 2.0);
    disconnect();
    await().atMost(PATIENCE).until(() -> answers.held() == 0);
    workers.forEach(Client.Stream::close);
  }
}
