package dev.baton.server.storage.sqlite;

import dev.baton.core.MemoryState;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.SettledRound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Removes promises that were settled long ago, the oldest first. */
final class SettledRows implements AutoCloseable {

  /** Of what {@link #next} finds, whether somebody is yet to be told. */
  private static final int IS_AWAITED = 11;

  private final PreparedStatement next;
  private final PreparedStatement remove;
  private final UnreadableRows unreadable;
  private final SettledRound round;

  /** Makes the index that it needs, if it is the first on this file. */
  SettledRows(Connection connection, UnreadableRows unreadable) throws SQLException {
    this.unreadable = unreadable;
    this.round = new SettledRound(unreadable);
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

  /** Looks at the next rows. */
  SettledRound.Found find(MemoryState state, long settledBefore, int limit) throws SQLException {
    return round.look(
        next,
        settledBefore,
        limit,
        state,
        IS_AWAITED,
        row -> RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promise));
  }

  /** Removes rows, in the open transaction. */
  void remove(SettledRound.Found found) throws SQLException {
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
