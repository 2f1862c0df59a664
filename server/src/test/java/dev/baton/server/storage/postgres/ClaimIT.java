package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.RuleSet;
import dev.baton.testing.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server that waits claims in one round trip. */
@Timeout(60)
class ClaimIT {

  private static final long MOST_MS = 20;

  private final String url = Postgres.shared().newDatabase();
  private final Shard shard = new Shard("http://here");
  private Connection contest;
  private Connection other;

  @BeforeEach
  void connect() throws SQLException {
    PostgresStorage.open(PostgresStorage.Settings.of(url, Postgres.USER), RuleSet.Profile.RELEASE)
        .close();
    contest = DriverManager.getConnection(url, Postgres.USER, "");
    other = DriverManager.getConnection(url, Postgres.USER, "");
  }

  @AfterEach
  void close() throws SQLException {
    contest.close();
    other.close();
  }

  private static String look(Connection connection, String query) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  private boolean claim(Shard.Seen seen) throws SQLException {
    return shard.claimWithin(MOST_MS, contest, seen, 7, 8);
  }

  @Test
  void whatWasSeenIsClaimedOnce() throws SQLException {
    Shard.Seen seen = Shard.look(contest);
    assertThat(claim(seen)).isTrue();
    assertThat(shard.epoch()).isEqualTo(seen.epoch() + 1);
    assertThat(shard.isOnItsTimeline(other)).isTrue();
    assertThat(Shard.look(other))
        .as("others see it")
        .isEqualTo(new Shard.Seen(seen.epoch() + 1, shard.owner(), false));
    String shown = "SELECT url || ' ' || backend_pids::text FROM baton_shard";
    assertThat(look(other, shown)).isEqualTo("http://here {7,8}");
    assertThat(claim(seen)).as("somebody has since").isFalse();
  }

  /** A batch of the owner that is gone may hold the row for ever. */
  @Test
  void itWaitsForABatchOnlySoLong() throws SQLException {
    Shard.Seen seen = Shard.look(contest);
    other.setAutoCommit(false);
    look(other, "SELECT epoch FROM baton_shard FOR NO KEY UPDATE");
    assertThatThrownBy(() -> claim(seen))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(SqlStates.isLockTimeout(e)).isTrue());
    other.rollback();
    assertThat(claim(seen)).isTrue();
  }

  @Test
  void itLeavesNoLimitBehind() throws SQLException {
    assertThat(claim(Shard.look(contest))).isTrue();
    assertThat(look(contest, "SHOW lock_timeout")).isEqualTo("0");
    assertThat(contest.getAutoCommit()).isTrue();
    assertThat(look(contest, "SELECT pg_current_xact_id_if_assigned()::text IS NULL"))
        .isEqualTo("t");
  }
}
