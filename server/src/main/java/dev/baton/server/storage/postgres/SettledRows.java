package dev.baton.server.storage.postgres;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes promises that were settled long ago, the oldest first. It goes on where it stopped, so
 * that those which must stay are not looked at again before a whole round is over.
 */
final class SettledRows {

  private static final String NEXT =
      "SELECT "
          + Columns.BARE
          + ", EXISTS (SELECT 1 FROM baton_callbacks c WHERE c.awaited = p.id AND c.fired)"
          + " FROM baton_promises p WHERE p.settled_at IS NOT NULL AND p.settled_at < ?"
          + " AND (p.settled_at, p.id) > (?, ?) ORDER BY p.settled_at, p.id LIMIT ?";

  private static final String REMOVE =
      """
      WITH fence AS MATERIALIZED (
          SELECT 1 FROM baton_shard WHERE shard = ? AND epoch = ? FOR SHARE),
        gone AS (DELETE FROM baton_promises p USING fence WHERE p.id = ANY (?) RETURNING 1)
      SELECT count(*) FROM fence
      """;

  private final UnreadableRows unreadable;
  private boolean hasIndexes;
  private long settledAt = Long.MIN_VALUE;
  private String id = "";

  SettledRows(UnreadableRows unreadable) {
    this.unreadable = unreadable;
  }

  /** What may be removed of the next rows. */
  record Found(List<String> ids, boolean isRoundOver) {}

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
  Found find(Connection connection, MemoryState state, long settledBefore, int limit)
      throws SQLException {
    makeIndexes(connection);
    List<String> ids = new ArrayList<>();
    int seen = 0;
    try (PreparedStatement next = connection.prepareStatement(NEXT)) {
      next.setLong(1, settledBefore);
      next.setLong(2, settledAt);
      next.setString(3, id);
      next.setInt(4, limit);
      try (ResultSet row = next.executeQuery()) {
        while (row.next()) {
          seen++;
          id = row.getString(1);
          settledAt = row.getLong(10);
          boolean isAwaited = row.getBoolean(Columns.COUNT + 1);
          if (!isAwaited && !state.isLive(id) && mayGo(row, state)) {
            ids.add(id);
          }
        }
      }
    }
    boolean isRoundOver = seen < limit;
    if (isRoundOver) {
      settledAt = Long.MIN_VALUE;
      id = "";
    }
    return new Found(ids, isRoundOver);
  }

  /** What cannot be read stays, and so does what belongs to it. */
  private boolean mayGo(ResultSet row, MemoryState state) throws SQLException {
    try {
      Promise promise =
          Columns.read(
                  row,
                  1,
                  Kind.PROMISE,
                  unreadable,
                  found -> Columns.promiseRow(found, 1, Long.MAX_VALUE))
              .promise();
      String root = Promise.rootOf(promise.id(), promise.tags());
      return !state.isPending(root) && !unreadable.mayHold(Kind.PROMISE, root);
    } catch (UnreadableException _) {
      return false;
    }
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
