package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import dev.baton.testing.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A standby takes the place of the database, whose name is moved to it. */
@Timeout(180)
class PostgresFailoverIT {

  private final Postgres primary = Postgres.start("fsync=off");
  private final TcpProxy replication = TcpProxy.to(primary.port());
  private final Postgres standby = primary.newStandby(replication.port());

  @AfterEach
  void stop() {
    standby.close();
    primary.close();
    replication.close();
  }

  private static String query(Postgres at, String sql) {
    try (Connection connection = DriverManager.getConnection(at.url("postgres"));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private void awaitReplication() {
    await("a standby that follows")
        .atMost(ProxiedServers.PATIENCE)
        .until(() ->
            query(primary, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                .equals("1"));
  }

  private void failOver(ProxiedServers servers) {
    primary.kill();
    assertThat(query(standby, "SELECT pg_promote(true, 30)")).isEqualTo("t");
    servers.movedTo(primary, standby);
  }

  @Test
  void aSynchronousStandbyThatIsPromotedHasAllThatWasAcknowledged() throws SQLException {
    awaitReplication();
    try (Connection connection = DriverManager.getConnection(primary.url("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
      statement.execute("SELECT pg_reload_conf()");
    }
    try (ProxiedServers servers = new ProxiedServers(3, primary);
        ProxiedServers.Load load = servers.new Load(4);
        Client.Stream stream = servers.client(0).open("/poll/workers/w")) {
      load.awaitMore(200);
      failOver(servers);
      System.out.printf(
          "a standby is promoted: served again after %d ms%n", servers.untilServed(1));
      load.awaitMore(50);
      load.check();
      servers.client(1).call("promise.create", ProxiedServers.createTask("task"));
      assertThat(stream.nextTask()).isEqualTo("task");
    }
  }

  /** What it lacks is gone, and nobody answers from memory as if it were there. */
  @Test
  void anAsynchronousStandbyMayLackTheLastAndNobodyRemembersIt() {
    awaitReplication();
    try (ProxiedServers servers = new ProxiedServers(3, primary)) {
      assertThat(servers.create(0, "early")).isEqualTo(200);
      await("that is there, too")
          .atMost(ProxiedServers.PATIENCE)
          .until(() ->
              query(
                      standby,
                      "SELECT pg_last_wal_replay_lsn() >= '"
                          + query(primary, "SELECT pg_current_wal_lsn()")
                          + "'")
                  .equals("t"));
      replication.silence();
      servers.client(0).call("promise.create", ProxiedServers.createTask("late"));
      failOver(servers);
      for (int i = 0; i < 3; i++) {
        servers.untilServed(i);
        assertThat(servers.client(i).call("promise.get", "{'id':'early'}").status()).isEqualTo(200);
        assertThat(servers.client(i).call("promise.get", "{'id':'late'}").status()).isEqualTo(404);
      }
      try (Client.Stream stream = servers.client(0).open("/poll/workers/w")) {
        servers.client(1).call("promise.create", ProxiedServers.createTask("late"));
        assertThat(stream.nextTask()).isEqualTo("late");
        assertThat(
                servers
                    .client(2)
                    .call("task.acquire", "{'id':'late','version':0,'pid':'w','ttl':60000}")
                    .status())
            .isEqualTo(200);
      }
    }
  }
}
