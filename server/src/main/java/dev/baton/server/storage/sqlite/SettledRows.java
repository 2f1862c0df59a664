package dev.baton.server.storage.sqlite;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes promises that were settled long ago, the oldest first. It goes on where it stopped, so
 * that those which must stay are not looked at again before a whole round is over.
 */
final class SettledRows implements AutoCloseable {

  private final PreparedStatement next;
  private final PreparedStatement remove;
  private long settledAt = Long.MIN_VALUE;
  private String id = "";

  private final UnreadableRows unreadable;

  /** Makes the index that it needs, if it is the first on this file. */
  SettledRows(Connection connection, UnreadableRows unreadable) throws SQLException {
    this.unreadable = unreadable;
    try (var create = connection.createStatement()) {
      create.executeUpdate(
          "CREATE INDEX IF NOT EXISTS promises_settled ON promises (settled_at)"
              + " WHERE settled_at IS NOT NULL");
    }
    next =
        connection.prepareStatement(
            """
            SELECT id, state, param_headers, NULL, value_headers, NULL, tags, timeout_at, created_at,
              settled_at, EXISTS (SELECT 1 FROM callbacks WHERE awaited = promises.id)
            FROM promises
            WHERE settled_at IS NOT NULL AND settled_at < ? AND (settled_at, id) > (?, ?)
            ORDER BY settled_at, id LIMIT ?
            """);
    remove = connection.prepareStatement("DELETE FROM promises WHERE id = ?");
  }

  /** What may be removed of the next rows. */
  record Found(List<String> ids, boolean isRoundOver) {}

  /** Looks at the next rows. */
  Found find(MemoryState state, long settledBefore, int limit) throws SQLException {
    List<String> ids = new ArrayList<>();
    int seen = 0;
    next.setLong(1, settledBefore);
    next.setLong(2, settledAt);
    next.setString(3, id);
    next.setInt(4, limit);
    try (ResultSet row = next.executeQuery()) {
      while (row.next()) {
        seen++;
        id = row.getString(1);
        settledAt = row.getLong(10);
        boolean isAwaited = row.getBoolean(11);
        if (!isAwaited && !state.isLive(id) && mayGo(row, state)) {
          ids.add(id);
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
      Promise promise = RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promise);
      String root = Promise.rootOf(promise.id(), promise.tags());
      return !state.isPending(root) && !unreadable.mayHold(Kind.PROMISE, root);
    } catch (UnreadableException _) {
      return false;
    }
  }

  /** Removes rows, in the open transaction. */
  void remove(Found found) throws SQLException {
    for (String each : found.ids()) {
      remove.setString(1, each);
      remove.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    next.close();
    remove.close();
  }
}
