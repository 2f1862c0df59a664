package dev.baton.server.storage.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The file's layout, version by version; the file's {@code user_version} says how far it is. */
final class Migrations {

  /**
   * A promise and its task share a row, because they are nearly always written together. The codes
   * of the states are those of {@link RowCodec}.
   */
  private static final String V1 =
      """
      CREATE TABLE promises (
        id            TEXT PRIMARY KEY,
        state         INTEGER NOT NULL,
        param_headers TEXT,
        param_data    TEXT,
        value_headers TEXT,
        value_data    TEXT,
        tags          TEXT NOT NULL,
        branch        TEXT,
        timeout_at    INTEGER NOT NULL,
        created_at    INTEGER NOT NULL,
        settled_at    INTEGER,
        task_state    INTEGER,
        task_version  INTEGER,
        task_pid      TEXT,
        task_ttl      INTEGER,
        task_due_at   INTEGER
      ) WITHOUT ROWID;
      CREATE INDEX promises_pending ON promises (id) WHERE state = 0;
      CREATE INDEX promises_branch ON promises (branch, id) WHERE branch IS NOT NULL;
      CREATE TABLE callbacks (
        awaited TEXT NOT NULL,
        awaiter TEXT NOT NULL,
        fired   INTEGER NOT NULL,
        PRIMARY KEY (awaited, awaiter)
      ) WITHOUT ROWID;
      CREATE TABLE listeners (
        awaited TEXT NOT NULL,
        address TEXT NOT NULL,
        PRIMARY KEY (awaited, address)
      ) WITHOUT ROWID;
      CREATE TABLE schedules (
        id              TEXT PRIMARY KEY,
        cron            TEXT NOT NULL,
        promise_id      TEXT NOT NULL,
        promise_timeout INTEGER NOT NULL,
        param_headers   TEXT,
        param_data      TEXT,
        promise_tags    TEXT NOT NULL,
        created_at      INTEGER NOT NULL,
        next_run_at     INTEGER NOT NULL,
        last_run_at     INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE group_settings (
        name             TEXT PRIMARY KEY,
        slots_per_worker INTEGER NOT NULL
      ) WITHOUT ROWID;
      """;

  /** A promise that is the root of its own branch is found by its id. */
  private static final String V2 =
      """
      DROP INDEX promises_branch;
      CREATE INDEX promises_branch ON promises (branch, id) WHERE branch <> id;
      """;

  /**
   * What readers look for. A promise whose id does not show which tree it belongs to says so in a
   * column; the others are found by their ids.
   */
  private static final String V3 =
      """
      ALTER TABLE promises ADD COLUMN origin TEXT;
      UPDATE promises SET origin = stated FROM (
          SELECT id AS of,
            CASE WHEN json_valid(tags) THEN json_extract(tags, '$."resonate:origin"') END AS stated
          FROM promises WHERE instr(tags, '"resonate:origin"') > 0
        ) WHERE id = of AND stated <> id
          AND substr(id, 1, length(stated) + 1) NOT IN (stated || '.', stated || ':');
      CREATE INDEX promises_origin ON promises (origin, id) WHERE origin IS NOT NULL;
      CREATE INDEX callbacks_fired ON callbacks (awaiter) WHERE fired <> 0;
      """;

  /** When a held task was taken; of those taken before there was such a column it is not known. */
  private static final String V4 =
      """
      ALTER TABLE promises ADD COLUMN task_acquired_at INTEGER;
      """;

  private static final List<String> VERSIONS = List.of(V1, V2, V3, V4);

  private Migrations() {}

  static void run(Connection connection) throws SQLException {
    int version = version(connection);
    if (version == 0) {
      checkEmpty(connection);
    }
    try (Statement statement = connection.createStatement()) {
      for (; version < VERSIONS.size(); version++) {
        statement.execute("BEGIN IMMEDIATE");
        statement.executeUpdate(VERSIONS.get(version));
        statement.execute("PRAGMA user_version = " + (version + 1));
        statement.execute("COMMIT");
      }
    }
  }

  /** A file without a layout's number is new, or another program's. */
  private static void checkEmpty(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet tables =
            statement.executeQuery(
                "SELECT group_concat(name, ', ') FROM sqlite_schema WHERE type = 'table'")) {
      String names = tables.next() ? tables.getString(1) : null;
      if (names != null) {
        throw new SQLException(
            "another program has written the file: its tables are "
                + names
                + ". Name a file of Baton's own, or one that does not exist");
      }
    }
  }

  /** Refuses a file that no server of this kind has written, or one that is newer. */
  static void checkKnown(Connection connection) throws SQLException {
    if (version(connection) == 0) {
      throw new SQLException("it is no store of a server");
    }
  }

  private static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("PRAGMA user_version")) {
      int version = found.next() ? found.getInt(1) : 0;
      if (version > VERSIONS.size()) {
        throw new SQLException(
            "the file has layout " + version + "; this server knows up to " + VERSIONS.size());
      }
      return version;
    }
  }
}
