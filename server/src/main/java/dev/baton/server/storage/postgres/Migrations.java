package dev.baton.server.storage.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The database's layout, version by version. A server of the version before goes on beside a newer
 * one: what it uses stays as it was until nobody knows it any more.
 */
final class Migrations {

  private static final int NEWEST = 2;

  /** The oldest version whose servers can use the newest layout. */
  private static final int OLDEST_BESIDE = 1;

  /** Servers that start at once take turns; the number is that of no other lock. */
  private static final long LOCK = 0x6261746f6eL;

  private Migrations() {}

  static void run(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      checkEncoding(statement);
      if (isNewest(statement)) {
        return;
      }
      Transactions.run(
          connection,
          () -> {
            migrate(statement);
            return true;
          });
    }
  }

  private static void migrate(Statement statement) throws SQLException {
    // It ends with the transaction, so it works where connections are shared by transactions.
    statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
    statement.execute(
        "CREATE TABLE IF NOT EXISTS baton_schema (version int NOT NULL, oldest int NOT NULL)");
    for (int version = version(statement) + 1; version <= NEWEST; version++) {
      statement.execute(sql(version));
      statement.execute("DELETE FROM baton_schema");
      statement.execute(
          "INSERT INTO baton_schema VALUES (%d, %d)".formatted(version, OLDEST_BESIDE));
    }
  }

  private static void checkEncoding(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SHOW server_encoding")) {
      String encoding = row.next() ? row.getString(1) : "unknown";
      if (!"UTF8".equals(encoding)) {
        throw new SQLException("the database's encoding must be UTF8, not " + encoding);
      }
    }
  }

  private static boolean isNewest(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT to_regclass('baton_schema') IS NOT NULL")) {
      if (!row.next() || !row.getBoolean(1)) {
        return false;
      }
    }
    return version(statement) >= NEWEST;
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT version, oldest FROM baton_schema")) {
      if (!row.next()) {
        return 0;
      }
      if (row.getInt(2) > NEWEST) {
        throw new SQLException(
            """
            the database has layout %d, for servers that know %d at least; this one knows up to %d: \
            start no older version than the one that made it\
            """
                .formatted(row.getInt(1), row.getInt(2), NEWEST));
      }
      return row.getInt(1);
    }
  }

  private static String sql(int version) {
    String name = "V" + version + ".sql";
    try (InputStream in = Migrations.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this program lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + name, e);
    }
  }
}
