package dev.baton.server.storage.sqlite;

import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.transfer.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** All rows of a file that no server has open. */
public final class SqliteRows implements RowSource {

  private final Connection connection;
  private final @Nullable StoreLock lock;
  private final UnreadableRows unreadable = new UnreadableRows();

  /**
   * @param lock what keeps servers from the file; null if somebody else sees to that
   */
  SqliteRows(Connection connection, @Nullable StoreLock lock) {
    this.connection = connection;
    this.lock = lock;
  }

  /**
   * Opens a file, and brings its layout up to date as a server would.
   *
   * @throws StorageException if it is no store, or a server has it open
   */
  public static SqliteRows open(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new IOException("there is no such file");
      }
      StoreLock lock = StoreLock.take(file);
      try {
        Connection connection = SqliteStorage.opener(file).open();
        try {
          Migrations.checkKnown(connection);
          Migrations.run(connection);
          return new SqliteRows(connection, lock);
        } catch (SQLException | RuntimeException e) {
          connection.close();
          throw e;
        }
      } catch (SQLException | RuntimeException e) {
        lock.abandon();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new StorageException("cannot read the store " + file + ": " + e.getMessage(), e);
    }
  }

  /** What is done with each row. */
  private interface RowTaker {
    void take(ResultSet row) throws SQLException;
  }

  private void each(String query, RowTaker taker) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(query)) {
      while (row.next()) {
        taker.take(row);
      }
    }
  }

  @Override
  public void show(Taker taker) {
    try {
      each(
          "SELECT " + RowCodec.COLUMNS + " FROM promises ORDER BY id",
          row -> taker.promise(RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promiseRow)));
      each(
          "SELECT awaited, awaiter, fired FROM callbacks ORDER BY awaited, awaiter",
          row -> taker.callback(row.getString(1), row.getString(2), row.getInt(3) != 0));
      each(
          "SELECT awaited, address FROM listeners ORDER BY awaited, address",
          row -> taker.listener(row.getString(1), row.getString(2)));
      each(
          "SELECT " + RowCodec.SCHEDULE_COLUMNS + " FROM schedules ORDER BY id",
          row -> taker.schedule(RowCodec.read(row, Kind.SCHEDULE, unreadable, RowCodec::schedule)));
      each(
          "SELECT name, slots_per_worker FROM group_settings ORDER BY name",
          row -> taker.group(row.getString(1), row.getInt(2)));
    } catch (SQLException e) {
      throw new StorageException("reading a file of SQLite: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (lock == null) {
      return;
    }
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StorageException("closing a file of SQLite: " + e.getMessage(), e);
    } finally {
      lock.release(lock.wasLeftInOrder());
    }
  }
}
