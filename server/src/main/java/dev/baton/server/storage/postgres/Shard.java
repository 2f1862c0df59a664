package dev.baton.server.storage.postgres;

import dev.baton.server.storage.EpochOverException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The shard of the database that one server at a time owns, and this server's epoch of it. Whoever
 * takes over raises the epoch, and with it ends what all others may write: the row of the shard is
 * locked by each batch of its owner, and by who takes over.
 *
 * <p>One thread at a time may use it, apart from {@link #epoch}.
 */
final class Shard {

  /** There is one today. */
  static final short NUMBER = 0;

  private static final int MOST_CLAIMS = 20;

  private static final String LIMIT = "SELECT set_config('lock_timeout', ?, true);";

  private static final String CLAIM =
      """
      UPDATE baton_shard SET epoch = epoch + 1, owner = ?, url = ?, released = false,
        taken_at = now(), backend_pids = CASE ? WHEN 0 THEN '{}' ELSE ARRAY[?, ?] END
      WHERE shard = ? AND epoch = ?
      RETURNING epoch, left(pg_walfile_name(pg_current_wal_lsn()), 8)
      """;

  private final String me = UUID.randomUUID().toString();
  private final @Nullable String url;
  private int backendPid;
  private int sessionPid;

  /** The one on which it was claimed. */
  private volatile String timeline = "";

  private volatile long epoch;
  private volatile boolean isOver;

  /**
   * @param url where others reach this server
   */
  Shard(@Nullable String url) {
    this.url = url;
  }

  /**
   * What the row says.
   *
   * @param owner null if nobody ever was
   * @param isReleased whether the last owner ended in good order
   */
  record Seen(long epoch, @Nullable String owner, boolean isReleased) {}

  /** Looks at the row. */
  static Seen look(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT epoch, owner, released FROM baton_shard WHERE shard = ?")) {
      select.setShort(1, NUMBER);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("baton_shard has no row of shard " + NUMBER);
        }
        return new Seen(row.getLong(1), row.getString(2), row.getBoolean(3));
      }
    }
  }

  /** Becomes the owner, whoever was; answers what was there before. */
  Seen take(Connection connection) throws SQLException {
    for (int i = 0; i < MOST_CLAIMS; i++) {
      Seen seen = look(connection);
      if (claim(connection, seen)) {
        return seen;
      }
    }
    throw new SQLException("other servers took the store " + MOST_CLAIMS + " times meanwhile");
  }

  /**
   * Becomes the owner if nobody has since; answers whether it is. When this returns true, nothing
   * that an earlier owner tried to write can happen any more, and what has happened can be read.
   */
  boolean claim(Connection connection, Seen seen) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(CLAIM)) {
      return isClaimed(update, 1, seen, 0, 0);
    }
  }

  /**
   * The same, and shows both connections. On a connection that commits each statement by itself: it
   * is one round trip, and whoever vanishes in it holds nothing.
   *
   * @param mostMs how long it waits for a batch that holds the row; then it fails
   * @param pid of the one by whose end the others see that of this server; 0 if it shows none
   * @param writerPid of the one that will write; 0 if there is none yet
   */
  boolean claimWithin(long mostMs, Connection connection, Seen seen, int pid, int writerPid)
      throws SQLException {
    // What is sent together is one transaction, for which the limit counts.
    try (PreparedStatement both = connection.prepareStatement(LIMIT + CLAIM)) {
      both.setString(1, mostMs + "ms");
      return isClaimed(both, 2, seen, pid, writerPid);
    }
  }

  /** Fills in the claim, which is the last statement, from that parameter on, and executes it. */
  private boolean isClaimed(PreparedStatement claim, int first, Seen seen, int pid, int writerPid)
      throws SQLException {
    backendPid = pid;
    sessionPid = writerPid;
    claim.setString(first, me);
    claim.setString(first + 1, url);
    claim.setInt(first + 2, pid);
    claim.setInt(first + 3, pid);
    claim.setInt(first + 4, writerPid == 0 ? pid : writerPid);
    claim.setShort(first + 5, NUMBER);
    claim.setLong(first + 6, seen.epoch());
    claim.execute();
    if (first > 1) {
      claim.getMoreResults();
    }
    try (ResultSet row = claim.getResultSet()) {
      if (!row.next()) {
        timeline = "";
        return false;
      }
      epoch = row.getLong(1);
      timeline = row.getString(2);
      return true;
    }
  }

  /**
   * Whether this is the history on which the shard was claimed. A standby that was promoted goes on
   * with another, from a moment that may be before what the owner remembers.
   */
  boolean isOnItsTimeline(Connection connection) throws SQLException {
    return timeline.isEmpty() || isOn(timelineOf(connection));
  }

  /** The same of a history of that name. */
  boolean isOn(String other) {
    return timeline.isEmpty() || timeline.equals(other);
  }

  static String timelineOf(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)");
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getString(1) : "";
    }
  }

  /**
   * Begins another epoch of the same owner: what it tried to write before and does not know the
   * outcome of has happened, or never will.
   *
   * @throws EpochOverException if another has taken over
   */
  void renew(Connection connection) throws SQLException {
    check();
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE baton_shard SET epoch = epoch + 1 WHERE shard = ? AND owner = ?"
                + " RETURNING epoch")) {
      update.setShort(1, NUMBER);
      update.setString(2, me);
      if (!taken(update)) {
        throw over();
      }
    }
  }

  private boolean taken(PreparedStatement update) throws SQLException {
    try (ResultSet row = update.executeQuery()) {
      if (!row.next()) {
        return false;
      }
      epoch = row.getLong(1);
      return true;
    }
  }

  /** It has become the owner, or begun another epoch. */
  void won(long begun) {
    epoch = begun;
  }

  /** Says that the owner ended in good order, if it still is the owner. */
  void release(Connection connection) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE baton_shard SET released = true WHERE shard = ? AND owner = ?")) {
      update.setShort(1, NUMBER);
      update.setString(2, me);
      update.executeUpdate();
    }
  }

  /** Who this server is to the others. */
  String owner() {
    return me;
  }

  /** Shows the connection by whose end the others see that of this server. */
  void shownBy(Connection connection, int pid) throws SQLException {
    backendPid = pid;
    show(connection);
  }

  /** Shows the connection that writes, which whoever takes over may end. */
  void writtenBy(Connection connection, int pid) throws SQLException {
    sessionPid = pid;
    show(connection);
  }

  private synchronized void show(Connection connection) throws SQLException {
    if (backendPid == 0) {
      return; // Nobody looks.
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE baton_shard SET backend_pids = ARRAY[?, ?] WHERE shard = ? AND owner = ?")) {
      update.setInt(1, backendPid);
      update.setInt(2, sessionPid == 0 ? backendPid : sessionPid);
      update.setShort(3, NUMBER);
      update.setString(4, me);
      update.executeUpdate();
    }
  }

  /** This server's epoch; 0 before its first. */
  long epoch() {
    return epoch;
  }

  /** Its epoch has ended: another has taken over. */
  EpochOverException over() {
    isOver = true;
    return new EpochOverException(epoch);
  }

  /** Whether this server is not the owner any more, as far as it has noticed. */
  boolean isOver() {
    return isOver;
  }

  /**
   * @throws EpochOverException if another has taken over, as far as it has been noticed
   */
  void check() {
    if (isOver) {
      throw new EpochOverException(epoch);
    }
  }
}
