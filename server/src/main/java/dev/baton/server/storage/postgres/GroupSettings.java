package dev.baton.server.storage.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes the settings of groups. */
final class GroupSettings {

  private static final String FENCE =
      "WITH fence AS MATERIALIZED (SELECT 1 FROM baton_shard WHERE shard = "
          + Shard.NUMBER
          + " AND epoch = ? FOR SHARE), ";

  private static final String ANSWER = " SELECT count(*) FROM fence";

  private GroupSettings() {}

  /** Durably gives a group slots, or takes them away; answers false if the epoch is over. */
  static boolean save(Connection connection, long epoch, String group, @Nullable Integer slots)
      throws SQLException {
    byte[] key = new Digests().name(group);
    if (slots == null) {
      String delete =
          "gone AS (DELETE FROM baton_group_settings USING fence WHERE key = ? RETURNING 1)";
      try (PreparedStatement statement = connection.prepareStatement(FENCE + delete + ANSWER)) {
        statement.setLong(1, epoch);
        statement.setBytes(2, key);
        return isDone(statement);
      }
    }
    String put =
        """
        there AS (INSERT INTO baton_group_settings (key, name, slots_per_worker)
          SELECT ?, ?, ? FROM fence
          ON CONFLICT (key) DO UPDATE SET slots_per_worker = excluded.slots_per_worker
          RETURNING 1)
        """;
    try (PreparedStatement statement = connection.prepareStatement(FENCE + put + ANSWER)) {
      statement.setLong(1, epoch);
      statement.setBytes(2, key);
      statement.setBytes(3, Digests.utf8(group));
      statement.setInt(4, slots);
      return isDone(statement);
    }
  }

  private static boolean isDone(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() && row.getInt(1) > 0;
    }
  }
}
