package dev.baton.server.storage.sqlite;

import dev.baton.server.storage.UnreadableRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection that writes, and what is prepared on it. After a failure it is thrown away as a
 * whole and another is opened: no statement of it can be relied on any more.
 */
final class Session implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** Opens connections to the file. */
  interface Opener {
    Connection open() throws SQLException;
  }

  /** What is written in a transaction. */
  interface Writes {
    void write(Statements statements) throws SQLException;
  }

  final SqliteHistory history;
  final Loader loader;
  private final Connection connection;
  private final UnreadableRows unreadable;
  private final AutoCheckpoint checkpoints;
  private final Statements statements;
  private @Nullable SettledRows settledRows;
  private boolean isCommitting;

  private Session(Connection connection, UnreadableRows unreadable, AutoCheckpoint checkpoints)
      throws SQLException {
    this.connection = connection;
    this.unreadable = unreadable;
    this.checkpoints = checkpoints;
    this.statements = new Statements(connection);
    this.history = new SqliteHistory(connection, unreadable);
    this.loader = new Loader(connection, unreadable);
  }

  /** Opens a connection and brings the file's layout up to date. */
  static Session open(Opener opener, UnreadableRows unreadable, AutoCheckpoint checkpoints)
      throws SQLException {
    Connection connection = opener.open();
    try {
      Migrations.run(connection);
      return new Session(connection, unreadable, checkpoints);
    } catch (SQLException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  /** Writes in one transaction, which is durable when this returns. */
  void transact(Writes writes) throws SQLException {
    checkpoints.apply(connection);
    statements.begin();
    writes.write(statements);
    isCommitting = true;
    statements.commit();
    isCommitting = false;
  }

  /** Whether the last transaction failed so late that it may be in the file all the same. */
  boolean mayHaveCommitted() {
    return isCommitting;
  }

  /** Those that may be removed. */
  SettledRows settledRows() throws SQLException {
    if (settledRows == null) {
      settledRows = new SettledRows(connection, unreadable);
    }
    return settledRows;
  }

  /** Runs a statement that changes a setting; durable when this returns. */
  void set(String sql, String name, @Nullable Integer value) throws SQLException {
    try (PreparedStatement save = connection.prepareStatement(sql)) {
      save.setString(1, name);
      if (value != null) {
        save.setInt(2, value);
      }
      save.executeUpdate();
    }
  }

  /**
   * Takes what the log holds into the file, and writes some bytes durably: that this works is what
   * shows that transactions will. What a failed sync may have left in the log only seemingly is
   * written anew that way before anything is built on it.
   */
  void prove(int bytes) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL)");
      statement.executeUpdate("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(" + bytes + "))");
      statement.executeUpdate("DELETE FROM probe");
    }
  }

  /** Gives up whatever has not been committed. */
  void abandon() {
    closeQuietly(this);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("A connection that failed could not be closed either", e);
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      if (settledRows != null) {
        settledRows.close();
      }
      statements.close();
      history.close();
    }
  }
}
