package dev.baton.server.storage.postgres;

import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.transfer.RowSink;
import dev.baton.server.storage.transfer.RowSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An empty database that is filled in one transaction. As long as it lasts the shard's row is
 * locked, so that no server can become its owner.
 */
public final class PostgresTarget implements RowSink {

  private static final String[] TABLES = {
    "baton_promises",
    "baton_callbacks",
    "baton_listeners",
    "baton_schedules",
    "baton_group_settings"
  };

  private final Connection connection;
  private final long epoch;
  private final Save save;

  private PostgresTarget(Connection connection, long epoch) throws SQLException {
    this.connection = connection;
    this.epoch = epoch;
    this.save = new Save(connection, new Digests());
  }

  /**
   * Connects, and brings the database's layout up to date.
   *
   * @throws StorageException if it cannot, there is something already, or a server owns it
   */
  public static PostgresTarget open(PostgresStorage.Settings settings) {
    try {
      Connection connection = new Connector(settings).open();
      try {
        connection.setNetworkTimeout(Runnable::run, 0); // Reading it again sorts it.
        Migrations.run(connection);
        connection.setAutoCommit(false);
        try (Statement lock = connection.createStatement()) {
          lock.execute("SELECT 1 FROM baton_shard WHERE shard = " + Shard.NUMBER + " FOR UPDATE");
          PostgresRows.checkReleased(Shard.look(connection));
          refuseIfUsed(lock);
        }
        return new PostgresTarget(connection, Shard.look(connection).epoch());
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StorageException("cannot make the store in PostgreSQL: " + e.getMessage(), e);
    }
  }

  private static void refuseIfUsed(Statement statement) throws SQLException {
    for (String table : TABLES) {
      try (ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM " + table + ")")) {
        if (row.next() && row.getBoolean(1)) {
          throw new SQLException(
              table + " is not empty; a store is never overwritten: use another database");
        }
      }
    }
  }

  private static StorageException failed(SQLException e) {
    return new StorageException("writing to PostgreSQL: " + e.getMessage(), e);
  }

  @Override
  public void write(Batch batch) {
    batch.rows().keySet().forEach(id -> check("promise", id));
    batch.schedules().keySet().forEach(id -> check("schedule", id));
    try {
      if (!save.execute(epoch, batch)) {
        throw new IllegalStateException("the epoch changed under a lock");
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** SQLite takes any id. */
  private static void check(String what, String id) {
    int bytes = id.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > PostgresStorage.MOST_ID_BYTES || id.indexOf('\0') >= 0) {
      throw new StorageException(
          "PostgreSQL cannot store the id of %s %s: it has %d bytes%s, at most %d are possible"
              .formatted(
                  what,
                  id.length() <= 80 ? id : id.substring(0, 80) + "...",
                  bytes,
                  id.indexOf('\0') < 0 ? "" : " and holds U+0000",
                  PostgresStorage.MOST_ID_BYTES),
          null);
    }
  }

  @Override
  public void group(String name, int slotsPerWorker) {
    try {
      GroupSettings.save(connection, epoch, name, slotsPerWorker);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public RowSource written() {
    return new PostgresRows(connection, null);
  }

  @Override
  public void finish() {
    try {
      try (Statement analyze = connection.createStatement()) {
        for (String table : TABLES) {
          analyze.execute("ANALYZE " + table);
        }
      }
      connection.commit();
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close(); // What has not been committed is gone with it.
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
