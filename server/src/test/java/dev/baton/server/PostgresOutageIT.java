package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients see when the database goes, hangs or comes back. */
class PostgresOutageIT {

  private static final String FAR = "99999999999999";

  @SuppressWarnings("NullAway.Init") // By startPostgres.
  private static Postgres postgres;

  @BeforeAll
  static void startPostgres() {
    postgres = Postgres.start();
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  private static String create(String id) {
    return "{'id':'%s','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g'}}"
        .formatted(id, FAR);
  }

  private static int ready(Client client) {
    return client.send("GET", "/ready", null).status();
  }

  /** Writers that go on whatever they are answered. */
  private static final class Writers implements AutoCloseable {
    final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    final AtomicInteger refused = new AtomicInteger();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Writers(Client client) {
      for (int w = 0; w < 8; w++) {
        int writer = w;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; !isOver.get(); i++) {
                    String id = "w-" + writer + "-" + i;
                    int status = client.call("promise.create", create(id)).status();
                    if (status == 200) {
                      acknowledged.add(id);
                    } else {
                      assertThat(status).isEqualTo(503);
                      refused.incrementAndGet();
                    }
                  }
                }));
      }
    }

    void awaitMore(int count) {
      int before = acknowledged.size();
      await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before + count);
    }

    @Override
    public void close() {
      isOver.set(true);
      for (Thread thread : threads) {
        await().atMost(Duration.ofSeconds(60)).until(() -> !thread.isAlive());
      }
    }
  }

  @Test
  void aDatabaseThatIsKilledAndComesBackLosesNothingThatWasAcknowledged() throws Exception {
    try (var server = Servers.start(Servers.postgres(postgres.newDatabase()));
        var client = new Client(server.port())) {
      List<Long> millis = new ArrayList<>();
      Set<String> acknowledged;
      try (Writers writers = new Writers(client)) {
        for (int i = 0; i < 3; i++) {
          writers.awaitMore(100);
          postgres.kill();
          await().atMost(Duration.ofSeconds(20)).until(() -> ready(client) == 503);
          assertThat(client.send("GET", "/health", null).status()).isEqualTo(200);
          assertThat(client.call("promise.create", create("refused")).status()).isEqualTo(503);
          postgres.startAgain();
          long accepts = System.nanoTime();
          await()
              .atMost(Duration.ofSeconds(20))
              .pollInterval(Duration.ofMillis(10))
              .until(() -> client.call("promise.create", create("again")).status() == 200);
          millis.add((System.nanoTime() - accepts) / 1_000_000);
          assertThat(ready(client)).isEqualTo(200);
        }
        writers.awaitMore(100);
        acknowledged = writers.acknowledged;
      }
      System.out.printf("PostgreSQL killed: served again %s ms after it accepts%n", millis);
      for (String id : acknowledged) {
        assertThat(client.call("promise.get", "{'id':'%s'}".formatted(id)).status())
            .as("acknowledged promise %s", id)
            .isEqualTo(200);
      }
      // Tasks of which nobody knew whether they were created are on offer, too.
      int ready = client.send("GET", "/groups/g", null).body().path("ready").asInt();
      assertThat(ready).isGreaterThan(acknowledged.size()).isEqualTo(tasksIn(client));
    }
  }

  private static int tasksIn(Client client) {
    String cursor = "";
    int count = 0;
    do {
      var page =
          client
              .call(
                  "task.search",
                  "{'state':'pending','limit':1000"
                      + (cursor.isEmpty() ? "" : ",'cursor':'" + cursor + "'")
                      + "}")
              .data();
      count += page.path("tasks").size();
      cursor = page.path("cursor").asText("");
    } while (!cursor.isEmpty());
    return count;
  }

  @Test
  void aDatabaseThatHangsHoldsNobodyUpForEver() {
    try (var server =
            Servers.start(
                Servers.postgres(postgres.newDatabase())
                    .set(Key.STORAGE_POSTGRES_TIMEOUT, "1000")
                    .set(Key.STORAGE_POSTGRES_CONNECT_TIMEOUT, "1000"));
        var client = new Client(server.port())) {
      assertThat(client.call("promise.create", create("before")).status()).isEqualTo(200);
      postgres.pause();
      try {
        assertThat(client.call("promise.create", create("meanwhile")).status()).isEqualTo(503);
        assertThat(ready(client)).isEqualTo(503);
        assertThat(client.send("GET", "/health", null).status()).isEqualTo(200);
        assertThat(client.call("promise.create", create("meanwhile")).status()).isEqualTo(503);
      } finally {
        postgres.resume();
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> client.call("promise.create", create("after")).status() == 200);
      assertThat(client.call("promise.get", "{'id':'before'}").status()).isEqualTo(200);
      assertThat(ready(client)).isEqualTo(200);
    }
  }

  @Test
  void aSessionThatIsEndedByItsDatabaseIsReplacedAtOnce() throws Exception {
    String database = postgres.newDatabase();
    try (var server = Servers.start(Servers.postgres(database));
        var client = new Client(server.port());
        Writers writers = new Writers(client)) {
      for (int i = 0; i < 5; i++) {
        writers.awaitMore(50);
        try (var connection = DriverManager.getConnection(database);
            var terminate = connection.createStatement()) {
          terminate.execute(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
      }
      writers.awaitMore(50);
    }
  }

  /** Another takes over, changes something and vanishes: the first reads it all anew. */
  @Test
  void whoIsNotTheOwnerAnyMoreAnswersNothingFromMemory() throws Exception {
    String database = postgres.newDatabase();
    try (var server = Servers.start(Servers.postgres(database));
        var client = new Client(server.port())) {
      client.call("promise.create", create("p"));
      try (var connection = DriverManager.getConnection(database);
          var other = connection.createStatement()) {
        connection.setAutoCommit(false);
        other.execute(
            "UPDATE baton_shard SET epoch = epoch + 1, owner = 'another', taken_at = now(),"
                + " backend_pids = '{}'");
        other.execute("DELETE FROM baton_promises");
        connection.commit();
      }
      assertThat(client.call("promise.get", "{'id':'p'}").status()).isEqualTo(404);
      assertThat(client.call("promise.create", create("p")).status()).isEqualTo(200);
    }
  }
}
