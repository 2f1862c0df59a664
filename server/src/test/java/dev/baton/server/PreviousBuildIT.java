package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import dev.baton.testing.Ports;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * This build beside an earlier one, whose class path {@code baton.previous} is: either may own the
 * store and be followed by the other, as in a rolling upgrade and in one that is taken back.
 */
@Timeout(240)
@EnabledIfSystemProperty(named = "baton.previous", matches = ".+")
class PreviousBuildIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String url = Postgres.shared().newDatabase();
  private final List<ServerProcess> processes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  @AfterEach
  void stop() {
    clients.forEach(Client::close);
    processes.forEach(ServerProcess::kill);
  }

  private Client start(boolean isPrevious) throws IOException {
    int port = Ports.free();
    ServerProcess process =
        isPrevious
            ? ServerProcess.startMember(
                System.getProperty("baton.previous"), "dev.baton.launcher.Main", url, port)
            : ServerProcess.startMember(url, port, List.of());
    processes.add(process);
    Client client = new Client(process.port());
    clients.add(client);
    await().atMost(PATIENCE).until(() -> isReady(client));
    return client;
  }

  private static boolean isReady(Client client) {
    try {
      return client.send("GET", "/ready", null).status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static void create(Client client, String id) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            client
                    .call(
                        "promise.create",
                        ("{'id':'%s','timeoutAt':99999999999999,"
                                + "'tags':{'resonate:target':'poll://any@workers'}}")
                            .formatted(id))
                    .status()
                == 200);
  }

  private static void work(Client client, Client.Stream stream, String id) {
    assertThat(stream.nextTask()).isEqualTo(id);
    assertThat(
            client
                .call("task.acquire", "{'id':'%s','version':0,'pid':'w','ttl':60000}".formatted(id))
                .status())
        .isEqualTo(200);
    assertThat(
            client
                .call(
                    "task.fulfill",
                    ("{'id':'%1$s','version':1,'action':{'kind':'promise.settle','head':{},"
                            + "'data':{'id':'%1$s','state':'resolved','value':{}}}}")
                        .formatted(id))
                .status())
        .isEqualTo(200);
  }

  /** The one owns first, the other passes on; then the first is lost, and it is the other way. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eitherOwnsAndTheOtherPassesOnAndFollows(boolean isPreviousFirst) throws Exception {
    Client first = start(isPreviousFirst);
    Client second = start(!isPreviousFirst);
    try (Client.Stream stream = second.open("/poll/workers/w")) {
      create(first, "a");
      work(second, stream, "a");
      create(second, "b");
      work(second, stream, "b");
      create(first, "left");
      assertThat(stream.nextTask()).isEqualTo("left");
      processes.getFirst().terminate();
      create(second, "c");
      for (String id : List.of("a", "b", "left", "c")) {
        assertThat(second.call("promise.get", "{'id':'%s'}".formatted(id)).status())
            .as(id)
            .isEqualTo(200);
      }
    }
    Client again = start(isPreviousFirst);
    try (Client.Stream stream = again.open("/poll/others/w")) {
      assertThat(stream.status()).isEqualTo(200);
      assertThat(again.call("promise.get", "{'id':'c'}").status()).isEqualTo(200);
      assertThat(again.call("promise.search", "{'id':'*','limit':10}").data().path("promises"))
          .hasSize(4);
      processes.get(1).kill();
      create(again, "d");
      assertThat(again.call("promise.get", "{'id':'a'}").status()).isEqualTo(200);
    }
  }
}
