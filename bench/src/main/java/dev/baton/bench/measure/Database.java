package dev.baton.bench.measure;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** Puts rows into the file of a server that is not running: far faster than by requests. */
final class Database {

  /** What the promises are. */
  enum Kind {
    SETTLED,
    /** The same as trees of ten, of which every hundredth promise has a tag that some look for. */
    TREES,
    /** Sleeps that end in an hour. */
    PENDING_TIMERS
  }

  private static final int STEP = 250_000;

  private static final String TREE_ID = "printf('tree-%08d.%d', n / 10, n % 10)";

  private static final String TREE_TAGS =
      "printf('{\"resonate:origin\":\"tree-%08d\",\"of\":\"%d\"}', n / 10, n % 100)";

  private Database() {}

  static void fill(Path file, Kind kind, int count) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      set(connection, "synchronous = OFF");
      set(connection, "journal_mode = MEMORY");
      connection.setAutoCommit(false);
      try (PreparedStatement insert = connection.prepareStatement(insert(kind))) {
        for (int from = 0; from < count; from += STEP) {
          insert.setInt(1, from);
          insert.setInt(2, Math.min(count, from + STEP));
          insert.executeUpdate();
          connection.commit();
        }
      }
      connection.setAutoCommit(true);
      set(connection, "journal_mode = WAL");
    }
  }

  /** In a statement of its own: an open answer of it would keep transactions from ending. */
  private static void set(Connection connection, String pragma) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA " + pragma);
    }
  }

  /** In the order of the ids, which is what makes it fast. */
  private static String insert(Kind kind) {
    long now = System.currentTimeMillis();
    String id = kind == Kind.TREES ? TREE_ID : "printf('old-%09d', n)";
    String columns =
        switch (kind) {
          case SETTLED -> "1, 'NDI=', '{}', " + now + " + n, " + now;
          case TREES -> "1, 'NDI=', " + TREE_TAGS + ", " + now + " + n, " + now;
          case PENDING_TIMERS ->
              "0, NULL, '{\"resonate:timer\":\"true\"}', " + (now + 3_600_000) + " + n, NULL";
        };
    return """
    WITH RECURSIVE numbers (n) AS
      (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)
    INSERT INTO promises (id, param_data, created_at, state, value_data, tags, timeout_at, settled_at)
    SELECT \
    """
        + id
        + ", 'eyJmdW5jIjoiY29tcHV0ZSJ9', 1763000000000 + n, "
        + columns
        + " FROM numbers";
  }
}
