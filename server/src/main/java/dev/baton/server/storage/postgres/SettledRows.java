package dev.baton.server.storage.postgres;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.SettledRound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Removes promises that were settled long ago, the oldest first. */
final class SettledRows {

  private static final int TAGS = 7;

  /** Of rows with many tags these are read one by one, not of all that one look finds. */
  private static final String NEXT =
      "SELECT "
          + Columns.BARE_FEW_TAGS
          + ", EXISTS (SELECT 1 FROM baton_callbacks c WHERE c.awaited = p.id AND c.fired)"
          + " FROM baton_promises p WHERE p.settled_at IS NOT NULL AND p.settled_at < ?"
          + " AND (p.settled_at, p.id) > (?, ?) ORDER BY p.settled_at, p.id LIMIT ?";

  private static final String ONE =
      "SELECT " + Columns.BARE + " FROM baton_promises p WHERE p.id = ?";

  private static final String REMOVE =
      """
      WITH fence AS MATERIALIZED (
          SELECT 1 FROM baton_shard WHERE shard = ? AND epoch = ? FOR SHARE),
        gone AS (DELETE FROM baton_promises p USING fence WHERE p.id = ANY (?) RETURNING 1)
      SELECT count(*) FROM fence
      """;

  private final UnreadableRows unreadable;
  private final SettledRound round;
  private boolean hasIndexes;

  SettledRows(UnreadableRows unreadable) {
    this.unreadable = unreadable;
    this.round = new SettledRound(unreadable);
  }

  /** There is another connection. */
  void beginAnew() {
    hasIndexes = false;
  }

  /** Makes what it needs, if it is the first on this database, however long that takes. */
  private void makeIndexes(Connection connection) throws SQLException {
    if (hasIndexes) {
      return;
    }
    int timeout = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0);
    try (Statement create = connection.createStatement()) {
      create.execute(
          "CREATE INDEX IF NOT EXISTS baton_promises_settled ON baton_promises (settled_at, id)"
              + " WHERE settled_at IS NOT NULL");
      create.execute(
          "CREATE INDEX IF NOT EXISTS baton_callbacks_told ON baton_callbacks (awaited)"
              + " WHERE fired");
    }
    connection.setNetworkTimeout(Runnable::run, timeout);
    hasIndexes = true;
  }

  /** Looks at the next rows. */
  SettledRound.Found find(Connection connection, MemoryState state, long settledBefore, int limit)
      throws SQLException {
    makeIndexes(connection);
    try (PreparedStatement next = connection.prepareStatement(NEXT);
        PreparedStatement one = connection.prepareStatement(ONE)) {
      return round.look(
          next,
          settledBefore,
          limit,
          state,
          Columns.COUNT + 1,
          row -> row.getBytes(TAGS) == null ? alone(one, row.getString(1)) : promise(row));
    }
  }

  private Promise alone(PreparedStatement one, String id) throws SQLException {
    one.setString(1, id);
    try (ResultSet row = one.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the row of " + id + " has gone");
      }
      return promise(row);
    }
  }

  private Promise promise(ResultSet row) throws SQLException {
    return Columns.read(
            row, 1, Kind.PROMISE, unreadable, found -> Columns.promiseRow(found, 1, Long.MAX_VALUE))
        .promise();
  }

  /** Removes rows durably; answers false if the epoch is over: then none has gone. */
  boolean remove(Connection connection, long epoch, List<String> ids) throws SQLException {
    try (PreparedStatement remove = connection.prepareStatement(REMOVE)) {
      remove.setInt(1, Shard.NUMBER);
      remove.setLong(2, epoch);
      remove.setObject(3, ids.toArray(new String[0]));
      try (ResultSet row = remove.executeQuery()) {
        return row.next() && row.getInt(1) > 0;
      }
    }
  }
}
