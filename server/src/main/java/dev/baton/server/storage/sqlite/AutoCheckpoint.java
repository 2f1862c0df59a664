package dev.baton.server.storage.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Whether the connection that commits also brings the log into the file, once so many pages have
 * gathered there. Another thread may have it wait while it does so itself.
 */
final class AutoCheckpoint {

  private final int pages;
  private volatile boolean isSuspended;
  private @Nullable Connection told;
  private int current;

  /**
   * @param pages 0: that is left to others altogether
   */
  AutoCheckpoint(int pages) {
    this.pages = pages;
  }

  boolean isOn() {
    return pages > 0;
  }

  void suspend() {
    isSuspended = true;
  }

  void resume() {
    isSuspended = false;
  }

  /** Before a commit, on its connection. */
  void apply(Connection connection) throws SQLException {
    int wanted = isSuspended ? 0 : pages;
    if (wanted != current || connection != told) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA wal_autocheckpoint = " + wanted);
      }
      current = wanted;
      told = connection;
    }
  }
}
