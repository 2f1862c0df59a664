package dev.baton.server.storage.postgres;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.PromiseRow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what is live into memory, as of one moment. A row that cannot be read is set aside, with
 * what hangs on it: it keeps no server from starting.
 */
final class Loader {

  /** The rows that are under way at a time. */
  private static final int ROWS_A_FETCH = 2_000;

  private final Connection connection;
  private final UnreadableRows unreadable;
  private long lastAcquiredAt;

  Loader(Connection connection, UnreadableRows unreadable) {
    this.connection = connection;
    this.unreadable = unreadable;
  }

  /** What is done with each row. */
  private interface Taker {
    void take(ResultSet row) throws SQLException;
  }

  private void each(String query, Taker taker) throws SQLException {
    try (Statement select = connection.createStatement()) {
      select.setFetchSize(ROWS_A_FETCH);
      try (ResultSet row = select.executeQuery(query)) {
        while (row.next()) {
          try {
            taker.take(row);
          } catch (UnreadableException _) {
            // It has been reported.
          }
        }
      }
    }
  }

  /**
   * Fills an empty state.
   *
   * @param fetched gets the settled promises of which somebody has yet to be told
   */
  void load(MemoryState state, Fetched fetched) throws SQLException {
    connection.setAutoCommit(false);
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      }
      loadRows(state, fetched);
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private void loadRows(MemoryState state, Fetched fetched) throws SQLException {
    each(
        "SELECT " + Columns.LEAN + " FROM baton_promises p WHERE p.state = 0",
        row -> promise(row, state));
    each("SELECT awaited, awaiter, fired FROM baton_callbacks", row -> callback(row, state));
    each(
        "SELECT l.awaited, l.address, p.id IS NOT NULL FROM baton_listeners l"
            + " LEFT JOIN baton_promises p ON p.id = l.awaited",
        row -> listener(row, state));
    each(
        "SELECT "
            + Columns.LEAN
            + " FROM baton_promises p WHERE p.state <> 0"
            + " AND p.id IN (SELECT awaited FROM baton_listeners)"
            + " AND octet_length(p.tags) <= "
            + Find.MOST_TAGS,
        row -> fetched.found(Columns.readLean(row, unreadable)));
    new ScheduleRows(connection, unreadable)
        .all(schedule -> state.apply(new Change.PutSchedule(schedule)));
    fetched.endOfTransaction();
  }

  /** When the youngest lease was granted, epoch milliseconds; 0 if nobody holds one. */
  long lastAcquiredAt() {
    return lastAcquiredAt;
  }

  private void promise(ResultSet row, MemoryState state) throws SQLException {
    PromiseRow read = Columns.readLean(row, unreadable);
    state.apply(new Change.PutPromise(null, read.promise()));
    Task task = read.task();
    if (task != null) {
      state.apply(new Change.PutTask(null, task));
      if (task.state() instanceof TaskState.Acquired held) {
        lastAcquiredAt = Math.max(lastAcquiredAt, held.acquiredAt());
      }
    }
  }

  private void callback(ResultSet row, MemoryState state) throws SQLException {
    String awaited = row.getString(1);
    String awaiter = row.getString(2);
    boolean hasFired = row.getBoolean(3);
    if (state.isPending(awaiter) && (hasFired || state.isPending(awaited))) {
      state.apply(new Change.PutCallback(awaited, awaiter, hasFired));
    } else {
      unreadable.report(
          Kind.CALLBACK, awaited + " -> " + awaiter, "one of its promises cannot be read");
    }
  }

  private void listener(ResultSet row, MemoryState state) throws SQLException {
    String awaited = row.getString(1);
    String address = Columns.text(row.getBytes(2));
    boolean isThere = row.getBoolean(3) && !unreadable.holds(Kind.PROMISE, awaited);
    if (isThere) { // Settled ones are not in memory.
      state.apply(new Change.PutListener(awaited, address));
    } else {
      unreadable.report(Kind.LISTENER, awaited + " -> " + address, "its promise cannot be read");
    }
  }

  /** The slots per worker that groups have been given. */
  Map<String, Integer> groupSlots() throws SQLException {
    Map<String, Integer> slots = new HashMap<>();
    each(
        "SELECT name, slots_per_worker FROM baton_group_settings",
        row -> {
          String name = Columns.text(row.getBytes(1));
          if (row.getInt(2) < 1) {
            throw unreadable.report(Kind.GROUP, name, "slots are " + row.getInt(2));
          }
          slots.put(name, row.getInt(2));
        });
    return slots;
  }
}
