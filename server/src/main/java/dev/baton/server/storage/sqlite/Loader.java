package dev.baton.server.storage.sqlite;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.StateCodes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is live into memory. A row that cannot be read is set aside, with what hangs on it: it
 * keeps no server from starting.
 */
final class Loader {

  private static final Logger LOG = LoggerFactory.getLogger(Loader.class);
  private static final long MEGABYTE = 1 << 20;

  private final Connection connection;
  private final UnreadableRows unreadable;

  Loader(Connection connection, UnreadableRows unreadable) {
    this.connection = connection;
    this.unreadable = unreadable;
  }

  /** What is done with each row. */
  private interface Taker {
    void take(ResultSet row) throws SQLException;
  }

  private void each(String query, Taker taker) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(query)) {
      while (row.next()) {
        try {
          taker.take(row);
        } catch (UnreadableException _) {
          // It has been reported.
        }
      }
    }
  }

  /**
   * Fills an empty state.
   *
   * @throws SQLException also if it takes more memory than is bearable
   */
  void load(MemoryState state, LiveRoom room) throws SQLException {
    loadAll(state, room);
    if (state.bytes() > room.most()) {
      LOG.warn(
          "What is pending takes about {} MB of memory and memory.live allows {}: nothing new is"
              + " taken in before it is less",
          megabytes(state.bytes()),
          megabytes(room.most()));
    }
  }

  private static long megabytes(long bytes) {
    return (bytes + MEGABYTE - 1) / MEGABYTE;
  }

  private void checkBearable(MemoryState state, LiveRoom room) throws SQLException {
    if (state.bytes() > room.bearable()) {
      try (Statement select = connection.createStatement();
          ResultSet count =
              select.executeQuery(
                  "SELECT COUNT(*) FROM promises WHERE state = " + StateCodes.PENDING)) {
        long whole = state.bytes() / state.size() * (count.next() ? count.getLong(1) : 0);
        throw new SQLException(
            "it holds %d pending promises, which take about %d MB of memory, and this process has a heap of %d: give it one of at least %d MB (-Xmx)"
                .formatted(
                    count.getLong(1),
                    megabytes(whole),
                    megabytes(Runtime.getRuntime().maxMemory()),
                    megabytes(whole * 2)));
      }
    }
  }

  private void loadAll(MemoryState state, LiveRoom room) throws SQLException {
    each(
        "SELECT "
            + RowCodec.columnsWithPayload(MemoryState.MOST_PAYLOAD)
            + " FROM promises WHERE state = "
            + StateCodes.PENDING,
        row -> {
          promise(row, state);
          checkBearable(state, room);
        });
    each("SELECT awaited, awaiter, fired FROM callbacks", row -> callback(row, state));
    each(
        "SELECT awaited, address, id IS NOT NULL FROM listeners LEFT JOIN promises ON id = awaited",
        row -> listener(row, state));
    each(
        "SELECT " + RowCodec.SCHEDULE_COLUMNS + " FROM schedules",
        row ->
            state.apply(
                new Change.PutSchedule(
                    RowCodec.read(row, Kind.SCHEDULE, unreadable, RowCodec::schedule))));
  }

  private void promise(ResultSet row, MemoryState state) throws SQLException {
    PromiseRow read =
        RowCodec.read(
            row,
            Kind.PROMISE,
            unreadable,
            found -> RowCodec.promiseRow(found, MemoryState.MOST_PAYLOAD));
    state.apply(new Change.PutPromise(null, read.promise()));
    Task task = read.task();
    if (task != null) {
      state.apply(new Change.PutTask(null, task));
    }
    state.evictPayload(read.promise().id());
  }

  private void callback(ResultSet row, MemoryState state) throws SQLException {
    String awaited = row.getString(1);
    String awaiter = row.getString(2);
    boolean hasFired = row.getInt(3) != 0;
    if (state.isLive(awaiter) && (hasFired || state.isLive(awaited))) {
      state.apply(new Change.PutCallback(awaited, awaiter, hasFired));
    } else {
      unreadable.report(
          Kind.CALLBACK, awaited + " -> " + awaiter, "one of its promises cannot be read");
    }
  }

  private void listener(ResultSet row, MemoryState state) throws SQLException {
    String awaited = row.getString(1);
    String address = row.getString(2);
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
        "SELECT name, slots_per_worker FROM group_settings",
        row -> {
          int each = row.getInt(2);
          if (each < 1) {
            throw unreadable.report(Kind.GROUP, row.getString(1), "slots are " + row.getString(2));
          }
          slots.put(row.getString(1), each);
        });
    return slots;
  }
}
