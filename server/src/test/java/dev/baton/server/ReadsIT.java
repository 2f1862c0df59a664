package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches hurt nobody: neither by their time nor by their bytes. */
class ReadsIT {

  private static final String FAR = "99999999999999";
  private static final int MANY = 300_000;

  @TempDir Path folder;

  private BatonServer open() {
    return Servers.start(Servers.sqlite(folder.resolve("baton.db")));
  }

  /** Settled promises, as a server would have left them. */
  private void fill() throws Exception {
    open().close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("baton.db"));
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
          INSERT INTO promises (id, state, param_data, value_data, tags, timeout_at, created_at,
              settled_at)
            SELECT printf('s%%06d.%%d', i / 10, i %% 10), 1, 'param', 'value',
              printf('{"resonate:origin":"s%%06d","k":"v%%d"}', i / 10, i %% 7), 1, 1, 1
            FROM n;
          """
              .formatted(MANY - 1));
    }
  }

  /** In one transaction of the engine all of these would take many leases. */
  @Test
  void aShortLeaseOutlivesManySearchesOfEverything() throws Exception {
    fill();
    try (var server = open();
        var client = new Client(server.port());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      client.call(
          "promise.create",
          "{'id':'held','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g'}}".formatted(FAR));
      client.call("task.acquire", "{'id':'held','version':0,'pid':'w','ttl':2000}");
      var isOver = new AtomicBoolean();
      Future<?> heart =
          threads.submit(() -> {
            while (!isOver.get()) {
              client.call("task.heartbeat", "{'pid':'w','tasks':[{'id':'held','version':1}]}");
              TimeUnit.MILLISECONDS.sleep(100);
            }
            return null;
          });
      List<Callable<Client.Answer>> searches = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        searches.add(() -> client.call("promise.search", "{'tags':{'no':'where'}}"));
        searches.add(() -> client.call("promise.search", "{'state':'rejected'}"));
        searches.add(() -> client.call("task.search", "{'state':'fulfilled'}"));
        searches.add(() -> client.call("promise.search", "{'tags':{'k':'v3'},'limit':1000}"));
        searches.add(() -> client.call("promise.search", "{'tags':{'resonate:origin':'s000123'}}"));
      }
      List<Client.Answer> answers = new ArrayList<>();
      for (Future<Client.Answer> search : threads.invokeAll(searches)) {
        answers.add(search.get());
      }
      isOver.set(true);
      heart.get();
      for (int i = 0; i < answers.size(); i += 5) {
        assertThat(ids(answers.get(i))).isEmpty();
        assertThat(ids(answers.get(i + 1))).isEmpty();
        assertThat(answers.get(i + 2).data().path("tasks")).isEmpty();
        assertThat(ids(answers.get(i + 3))).hasSize(1000);
        assertThat(ids(answers.get(i + 4))).hasSize(10).allMatch(id -> id.startsWith("s000123."));
      }
      assertThat(client.call("task.get", "{'id':'held'}").data().toString())
          .contains("\"state\":\"acquired\"", "\"version\":1");
    }
  }

  private static List<String> ids(Client.Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    answer.data().path("promises").forEach(promise -> ids.add(promise.path("id").asText()));
    return ids;
  }

  @Test
  void aPageIsBoundedInBytesAndTheNextGoesOn() {
    int bound = 100_000;
    for (var layers : List.of(Servers.memory(), Servers.sqlite(folder.resolve("large.db")))) {
      layers.set(Key.SERVER_MAX_ANSWER_BYTES, Integer.toString(bound));
      try (var server = Servers.start(layers);
          var client = new Client(server.port())) {
        for (int i = 0; i < 40; i++) {
          String data = "x".repeat(i == 20 ? 2 * bound : 10_000);
          client.call(
              "promise.create",
              "{'id':'p%02d','timeoutAt':%s,'param':{'data':'%s'}}".formatted(i, FAR, data));
        }
        List<String> all = new ArrayList<>();
        JsonNode cursor = null;
        do {
          String after = cursor == null ? "" : ",'cursor':'" + cursor.asText() + "'";
          var page = client.call("promise.search", "{'limit':1000%s}".formatted(after));
          int bytes = page.raw().body().length();
          assertThat(bytes).isLessThan(ids(page).equals(List.of("p20")) ? 3 * bound : bound + 500);
          all.addAll(ids(page));
          cursor = page.data().get("cursor");
        } while (cursor != null);
        assertThat(all).hasSize(40).isSorted().doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void whatOneHasBeenToldIsSavedOneFinds() {
    try (var server = open();
        var client = new Client(server.port())) {
      for (int i = 0; i < 100; i++) {
        client.call(
            "promise.create", "{'id':'p%d','timeoutAt':%s,'tags':{'n':'%d'}}".formatted(i, FAR, i));
        assertThat(ids(client.call("promise.search", "{'tags':{'n':'%d'}}".formatted(i))))
            .containsExactly("p" + i);
        client.call("promise.settle", "{'id':'p%d','state':'resolved'}".formatted(i));
        assertThat(ids(client.call("promise.search", "{'state':'pending'}"))).isEmpty();
      }
    }
  }
}
