package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Ports;
import dev.baton.testing.Postgres;
import dev.baton.testing.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients of three servers see when a network between them, or the database, fails. Losses of
 * the servers themselves are in {@link TakeoverIT}, a failover of the database in {@link
 * PostgresFailoverIT}.
 */
@Timeout(120)
class FailureMatrixIT {

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

  private static void say(String what, long ms) {
    System.out.printf(Locale.ROOT, "%s: served again after %d ms%n", what, ms);
  }

  /**
   * Another takes over. The one that is cut off refuses, and serves through the next afterwards.
   */
  private static void ownerCutFromTheDatabase(String how, Consumer<TcpProxy> loss) {
    try (ProxiedServers servers = new ProxiedServers(3, postgres);
        ProxiedServers.Load load = servers.new Load(4)) {
      load.awaitMore(100);
      int owner = servers.owner();
      loss.accept(servers.get(owner).database());
      int next = servers.awaitOwnerOtherThan(owner);
      say("owner cut from PostgreSQL (" + how + ")", servers.untilServed(next));
      servers.get(owner).database().heal();
      await("served through the next owner")
          .atMost(ProxiedServers.PATIENCE)
          .until(() -> servers.isReady(owner) && servers.create(owner, "healed") == 200);
      assertThat(servers.owner()).isNotEqualTo(owner);
      load.check();
    }
  }

  @Test
  void anOwnerWhoseConnectionsToTheDatabaseBreakIsReplaced() {
    ownerCutFromTheDatabase("connections break", TcpProxy::cut);
  }

  @Test
  void anOwnerThatDoesNotReachTheDatabaseAnyMoreIsReplaced() {
    ownerCutFromTheDatabase("silence", TcpProxy::silence);
  }

  /** What it writes may happen, and it does not hear of it. */
  @Test
  void anOwnerThatHearsNoAnswerOfTheDatabaseIsReplaced() {
    ownerCutFromTheDatabase("answers do not arrive", TcpProxy::silenceAnswers);
  }

  /** The next one finds it in the database. More of that is in {@link RepeatedRequestsIT}. */
  @Test
  void whatAnOwnerHasDoneAndCouldNotAnswerIsAnsweredByTheNext() throws Exception {
    try (ProxiedServers servers =
        new ProxiedServers(3, postgres, layers -> layers.set(Key.CLUSTER_HOLD, "30000"))) {
      int owner = servers.owner();
      Client other = servers.client(servers.other(owner));
      other.call("promise.create", ProxiedServers.createTask("t"));
      servers.get(owner).wire().silenceAnswers();
      CompletableFuture<Client.Answer> granted =
          CompletableFuture.supplyAsync(
              () -> other.call("task.acquire", "{'id':'t','version':0,'pid':'w','ttl':60000}"));
      await("saved")
          .atMost(ProxiedServers.PATIENCE)
          .until(() ->
              servers
                  .client(owner)
                  .call("task.get", "{'id':'t'}")
                  .data()
                  .at("/task/state")
                  .asText()
                  .equals("acquired"));
      servers.get(owner).database().cut();
      Client.Answer answer = granted.get(60, TimeUnit.SECONDS);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.data().at("/task/version").asInt()).isEqualTo(1);
      assertThat(servers.owner()).isNotEqualTo(owner);
    }
  }

  /** It is slow, and nobody takes over: the owner lives. */
  @Test
  void aSlowWayToTheDatabaseIsNoLossOfTheOwner() {
    try (ProxiedServers servers = new ProxiedServers(3, postgres)) {
      int owner = servers.owner();
      long epoch = epoch(servers);
      for (int i = 0; i < 3; i++) {
        servers.get(i).database().delay(100);
      }
      long began = System.nanoTime();
      for (int i = 0; i < 9; i++) {
        assertThat(servers.create(i % 3, "slow" + i)).isEqualTo(200);
      }
      // The fence alone takes one way there and one back.
      assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(9 * 200));
      assertThat(servers.owner()).isEqualTo(owner);
      assertThat(epoch(servers)).isEqualTo(epoch);
    }
  }

  private static long epoch(ProxiedServers servers) {
    return Long.parseLong(query(servers.url(), "SELECT epoch FROM baton_shard"));
  }

  private static String query(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      try (var row = statement.executeQuery(sql)) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static void execute(String url, String... statements) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  /** The owner beats, so nobody takes the store from it; its own clients are served. */
  private static void othersCutFromTheOwner(Consumer<TcpProxy> loss) {
    try (ProxiedServers servers =
        new ProxiedServers(3, postgres, layers -> layers.set(Key.CLUSTER_HOLD, "1000"))) {
      int owner = servers.owner();
      long epoch = epoch(servers);
      int other = servers.other(owner);
      try (Client.Stream stream = servers.client(other).open("/poll/workers/w")) {
        assertThat(stream.status()).isEqualTo(200);
        loss.accept(servers.get(owner).wire());
        await("not ready").atMost(ProxiedServers.PATIENCE).until(() -> !servers.isReady(other));
        Client.Answer refused =
            servers.client(other).call("promise.create", ProxiedServers.create("refused"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.raw().headers().firstValue("retry-after")).hasValue("1");
        assertThat(servers.create(owner, "served")).isEqualTo(200);
        assertThat(servers.client(other).send("GET", "/health", null).status()).isEqualTo(200);
        servers.get(owner).wire().heal();
        say("others cut from the owner, healed", servers.untilServed(other));
        assertThat(servers.owner()).isEqualTo(owner);
        assertThat(epoch(servers)).isEqualTo(epoch);
        // The stream is the same as before.
        servers.client(other).call("promise.create", ProxiedServers.createTask("task"));
        assertThat(stream.nextTask()).isEqualTo("task");
      }
    }
  }

  @Test
  void serversWhoseConnectionsToTheOwnerBreakRefuseAndStealNothing() {
    othersCutFromTheOwner(TcpProxy::cut);
  }

  @Test
  void serversThatDoNotReachTheOwnerRefuseAndStealNothing() {
    othersCutFromTheOwner(TcpProxy::silence);
  }

  /** Nobody asks it for anything that it would need the database for. */
  @Test
  void aServerThatIsNotTheOwnerServesWithoutTheDatabase() {
    try (ProxiedServers servers = new ProxiedServers(3, postgres)) {
      int owner = servers.owner();
      int other = servers.other(owner);
      servers.get(other).database().cut();
      for (int i = 0; i < 20; i++) {
        assertThat(servers.create(other, "p" + i)).isEqualTo(200);
      }
      assertThat(servers.isReady(other)).isTrue();
      assertThat(servers.owner()).isEqualTo(owner);
    }
  }

  /** A client whose server does not reach it any more goes to another, and nobody else notices. */
  @Test
  void aClientThatIsCutFromItsServerIsServedByAnother() {
    try (ProxiedServers servers = new ProxiedServers(2, postgres);
        TcpProxy network = TcpProxy.to(servers.get(0).server().port());
        Client cut = new Client(network.port());
        Client.Stream before = cut.open("/poll/workers/w")) {
      assertThat(before.status()).isEqualTo(200);
      servers.client(1).call("promise.create", ProxiedServers.createTask("held"));
      assertThat(before.nextTask()).isEqualTo("held");
      assertThat(
              cut.call("task.acquire", "{'id':'held','version':0,'pid':'w','ttl':60000}").status())
          .isEqualTo(200);
      network.cut();
      try (Client.Stream after = servers.client(1).open("/poll/workers/w")) {
        assertThat(
                servers
                    .client(1)
                    .call(
                        "task.fulfill",
                        "{'id':'held','version':1,'action':{'kind':'promise.settle','head':{},"
                            + "'data':{'id':'held','state':'resolved','value':{}}}}")
                    .status())
            .isEqualTo(200);
        servers.client(0).call("promise.create", ProxiedServers.createTask("next"));
        assertThat(after.nextTask()).isEqualTo("next");
      }
    }
  }

  @Test
  void aDatabaseThatIsKilledIsServedFromSoonAfterItAccepts() {
    try (ProxiedServers servers = new ProxiedServers(3, postgres);
        ProxiedServers.Load load = servers.new Load(4);
        Client.Stream stream = servers.client(0).open("/poll/workers/w")) {
      for (int i = 0; i < 2; i++) {
        load.awaitMore(100);
        postgres.kill();
        try {
          await("refused")
              .atMost(ProxiedServers.PATIENCE)
              .until(() -> !servers.isReady(0) && !servers.isReady(1) && !servers.isReady(2));
        } finally {
          postgres.startAgain();
        }
        say("PostgreSQL killed, accepts", servers.untilServed(1));
      }
      load.check();
      servers.client(1).call("promise.create", ProxiedServers.createTask("task"));
      assertThat(stream.nextTask()).isEqualTo("task");
    }
  }

  /** For longer than an owner may be silent, and less than the database. */
  @Test
  void aDatabaseThatStandsStillIsWaitedForAndKeepsItsOwner() throws Exception {
    try (ProxiedServers servers =
            new ProxiedServers(
                3, postgres, layers -> layers.set(Key.STORAGE_POSTGRES_TIMEOUT, "20000"));
        ProxiedServers.Load load = servers.new Load(4)) {
      load.awaitMore(100);
      int owner = servers.owner();
      postgres.pause();
      try {
        CompletableFuture<Integer> held =
            CompletableFuture.supplyAsync(() -> servers.create(servers.other(owner), "held"));
        await()
            .pollDelay(Duration.ofSeconds(2))
            .atMost(ProxiedServers.PATIENCE)
            .until(() -> !held.isDone());
        postgres.resume();
        assertThat(held.get(20, TimeUnit.SECONDS)).isIn(200, 503);
      } finally {
        postgres.resume();
      }
      say("PostgreSQL stood still", servers.untilServed(0));
      load.check();
      assertThat(servers.owner()).isEqualTo(owner);
    }
  }

  /** As a standby is, and a database whose provider has run out of room for it. */
  @Test
  void aDatabaseThatOnlyReadsIsRefusedAndServedFromWhenItWritesAgain() {
    try (ProxiedServers servers = new ProxiedServers(3, postgres);
        ProxiedServers.Load load = servers.new Load(4)) {
      load.awaitMore(100);
      String database = query(servers.url(), "SELECT current_database()");
      String others =
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()";
      execute(
          servers.url(),
          "ALTER DATABASE " + database + " SET default_transaction_read_only = on",
          others);
      await("refused").atMost(ProxiedServers.PATIENCE).until(() -> servers.create(0, "p") == 503);
      await("not ready").atMost(ProxiedServers.PATIENCE).until(() -> !servers.isReady(0));
      execute(
          servers.url(),
          "SET default_transaction_read_only = off",
          "ALTER DATABASE " + database + " RESET default_transaction_read_only",
          others);
      say("a database that only read writes again", servers.untilServed(0));
      load.check();
    }
  }

  /** Its clients go elsewhere; who is elsewhere notices nothing, and its workers' work waits. */
  @Test
  void aServerThatStandsStillIsNoticedByItsOwnClientsOnly() throws Exception {
    try (ProxiedServers servers = new ProxiedServers(2, postgres)) {
      int owner = servers.owner();
      ServerProcess third =
          ServerProcess.startMember(
              servers.url().replaceFirst("\\?.*", ""), Ports.free(), java.util.List.of());
      try (Client client = new Client(third.port())) {
        await()
            .atMost(ProxiedServers.PATIENCE)
            .until(() -> client.send("GET", "/ready", null).status() == 200);
        try (Client.Stream stream = client.open("/poll/workers/w")) {
          client.call("promise.create", ProxiedServers.createTask("held"));
          assertThat(stream.nextTask()).isEqualTo("held");
          client.call("task.acquire", "{'id':'held','version':0,'pid':'w','ttl':60000}");
          third.freeze(true);
          long longest = 0;
          for (int i = 0; i < 200; i++) {
            long began = System.nanoTime();
            assertThat(servers.create(i % 2, "p" + i)).isEqualTo(200);
            longest = Math.max(longest, System.nanoTime() - began);
          }
          System.out.printf(
              "another server stands still: longest request elsewhere %d ms%n",
              TimeUnit.NANOSECONDS.toMillis(longest));
          // The worker comes back elsewhere, within its time, and goes on.
          try (Client.Stream elsewhere = servers.client(owner).open("/poll/workers/w")) {
            assertThat(elsewhere.status()).isEqualTo(200);
            assertThat(
                    servers
                        .client(owner)
                        .call(
                            "task.fulfill",
                            "{'id':'held','version':1,'action':{'kind':'promise.settle','head':{},"
                                + "'data':{'id':'held','state':'resolved','value':{}}}}")
                        .status())
                .isEqualTo(200);
          }
          third.freeze(false);
          await()
              .atMost(ProxiedServers.PATIENCE)
              .until(() ->
                  client.call("promise.create", ProxiedServers.create("woken")).status() == 200);
          assertThat(servers.owner()).isEqualTo(owner);
        }
      } finally {
        third.kill();
      }
    }
  }
}
