package dev.baton.server.storage.postgres;

import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.transfer.RowSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** All rows of a database that no server owns. */
public final class PostgresRows implements RowSource {

  /** Each may be as large as a request. */
  private static final int ROWS_A_FETCH = 50;

  private final Connection connection;
  private final @Nullable Shard shard;
  private final UnreadableRows unreadable = new UnreadableRows();

  /**
   * @param shard by which servers are kept away; null if somebody else sees to that, in the
   *     connection's transaction
   */
  PostgresRows(Connection connection, @Nullable Shard shard) {
    this.connection = connection;
    this.shard = shard;
  }

  /**
   * Connects, and takes the shard, so that no server that starts meanwhile goes unnoticed.
   *
   * @throws StorageException if it cannot, or a server owns the shard, or did and was killed
   */
  public static PostgresRows open(PostgresStorage.Settings settings) {
    try {
      Connection connection = new Connector(settings).open();
      try {
        connection.setNetworkTimeout(Runnable::run, 0); // A sort may take long.
        Migrations.run(connection);
        Shard shard = new Shard(null);
        Shard.Seen seen = Shard.look(connection);
        checkReleased(seen);
        if (!shard.claim(connection, seen)) {
          throw new SQLException("a server has just started on it");
        }
        return new PostgresRows(connection, shard);
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StorageException("cannot read the store in PostgreSQL: " + e.getMessage(), e);
    }
  }

  static void checkReleased(Shard.Seen seen) throws SQLException {
    if (!seen.isReleased()) {
      throw new SQLException(
          "a server owns it: stop it first; if it was killed, start it once and stop it");
    }
  }

  /** What is done with each row. */
  private interface RowTaker {
    void take(ResultSet row) throws SQLException;
  }

  private void each(String query, RowTaker taker) throws SQLException {
    try (Statement select = connection.createStatement()) {
      select.setFetchSize(ROWS_A_FETCH);
      try (ResultSet row = select.executeQuery(query)) {
        while (row.next()) {
          taker.take(row);
        }
      }
    }
  }

  @Override
  public void show(Taker taker) {
    try {
      if (shard == null) {
        showRows(taker);
        return;
      }
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      }
      showRows(taker);
      connection.commit();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      throw new StorageException("reading PostgreSQL: " + e.getMessage(), e);
    }
  }

  private void showRows(Taker taker) throws SQLException {
    each(
        "SELECT " + Columns.WHOLE + " FROM baton_promises p ORDER BY p.id",
        row ->
            taker.promise(
                Columns.read(
                    row,
                    1,
                    Kind.PROMISE,
                    unreadable,
                    found -> Columns.promiseRow(found, 1, Long.MAX_VALUE))));
    each(
        "SELECT awaited, awaiter, fired FROM baton_callbacks ORDER BY awaited, awaiter",
        row -> taker.callback(row.getString(1), row.getString(2), row.getBoolean(3)));
    each(
        "SELECT awaited, address FROM baton_listeners ORDER BY awaited, address",
        row -> taker.listener(row.getString(1), Columns.text(row.getBytes(2))));
    each(
        "SELECT " + Columns.SCHEDULE + " FROM baton_schedules ORDER BY id",
        row -> taker.schedule(Columns.read(row, 1, Kind.SCHEDULE, unreadable, Columns::schedule)));
    each(
        "SELECT name, slots_per_worker FROM baton_group_settings ORDER BY name",
        row -> taker.group(Columns.text(row.getBytes(1)), row.getInt(2)));
  }

  @Override
  public void checkUnchanged() {
    if (shard == null) {
      return;
    }
    try {
      if (Shard.look(connection).epoch() != shard.epoch()) {
        throw new StorageException("a server has started on the old store meanwhile", null);
      }
    } catch (SQLException e) {
      throw new StorageException("reading PostgreSQL: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (shard == null) {
      return;
    }
    try (connection) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      shard.release(connection);
    } catch (SQLException e) {
      throw new StorageException("closing PostgreSQL: " + e.getMessage(), e);
    }
  }
}
