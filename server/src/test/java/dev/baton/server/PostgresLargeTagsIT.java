package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows that have nearly as many bytes of tags as a body may, and a server with little memory. */
@Tag("alone")
class PostgresLargeTagsIT {

  private static final int MANY = 50;
  private static final List<String> SMALL = List.of("-Xmx80m", "-XX:+ExitOnOutOfMemoryError");

  private final String url = Postgres.shared().newDatabase();
  private ServerProcess server;
  private Client client;

  @BeforeEach
  void begin() throws IOException {
    start();
    StringBuilder tags = new StringBuilder();
    for (int i = 0; i < 29; i++) {
      tags.append(",'t%d':'%s'".formatted(i, "x".repeat(65_000)));
    }
    for (int i = 0; i < MANY; i++) {
      ask(
          "promise.create",
          "{'id':'%d','timeoutAt':9999999999999,'tags':{'a':'b'%s}}".formatted(i, tags));
      ask(
          "promise.register_listener",
          "{'awaited':'%d','address':'poll://uni@gone/away'}".formatted(i));
      ask("promise.settle", "{'id':'%d','state':'resolved','value':{}}".formatted(i));
    }
  }

  private void start(String... options) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("--storage-type=postgres", "--storage-postgres-url=" + url));
    all.addAll(List.of(options));
    server = ServerProcess.start(Path.of(":memory:"), SMALL, all);
    client = new Client(server.port());
  }

  private void again(String... options) throws IOException {
    end();
    start(options);
  }

  @AfterEach
  void end() {
    client.close();
    server.kill();
  }

  private void ask(String kind, String data) {
    Client.Answer answer = client.call(kind, data);
    assertThat(answer.status()).as("%s: %s", kind, answer.status()).isEqualTo(200);
  }

  @Test
  void aBatchThatNamesThemAllIsAnsweredAndTheServerStartsAgain() throws Exception {
    again();
    List<Callable<Integer>> gets = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      String data = "{'awaited':'%d','awaiter':'none'}".formatted(i);
      gets.add(() -> client.call("promise.register_callback", data).status());
    }
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : all.invokeAll(gets)) {
        assertThat(status(each)).isEqualTo(422);
      }
    }
    StringBuilder actions = new StringBuilder();
    for (int i = 0; i < MANY; i++) {
      actions.append(
          "%s{'kind':'promise.register_callback','head':{},'data':{'awaited':'%d','awaiter':'t'}}"
              .formatted(i == 0 ? "" : ",", i));
    }
    ask(
        "task.create",
        "{'pid':'p','ttl':600000,'action':{'kind':'promise.create','head':{},'data':{'id':'t','timeoutAt':9999999999999,'tags':{'resonate:target':'poll://any@g'}}}}");
    assertThat(
            client
                .call("task.suspend", "{'id':'t','version':1,'actions':[" + actions + "]}")
                .status())
        .isEqualTo(300);
    assertThat(client.call("promise.get", "{'id':'7'}").data().at("/promise/tags/t28").asText())
        .hasSize(65_000);
  }

  private static int status(Future<Integer> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new AssertionError("the server is gone", e);
    }
  }

  @Test
  void theyAreRemovedWhenTheyAreOldEnough() throws Exception {
    again("--storage-retention=1s");
    ask("promise.create", "{'id':'more','timeoutAt':0}");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.call("promise.get", "{'id':'more'}").status() == 404);
  }
}
