package dev.baton.server.storage.postgres;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.PromiseRow;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads again what an owner has written since memory was loaded. At last nobody writes while it
 * does: the owner has ended, and who reads has its place. If the owner writes meanwhile, some rows
 * are read too early, and are read again when the next notes tell of them.
 */
final class Refresh {

  /** How many rows are asked for at a time. */
  private static final int MOST = 5_000;

  private static final int TAGS = 7;

  /** Rows with many tags are read one at a time, and only those that memory has to have. */
  private static final String PROMISES =
      "SELECT " + Columns.LEAN_FEW_TAGS + " FROM baton_promises p WHERE p.id = ANY (?)";

  private static final String WHOLE_PROMISES =
      "SELECT " + Columns.LEAN + " FROM baton_promises p WHERE p.id = ANY (?)";

  private final Connection connection;
  private final UnreadableRows unreadable;
  private final MemoryState state;
  private final Fetched fetched;
  private final Digests digests = new Digests();

  Refresh(Connection connection, UnreadableRows unreadable, MemoryState state, Fetched fetched) {
    this.connection = connection;
    this.unreadable = unreadable;
    this.state = state;
    this.fetched = fetched;
  }

  private interface Taker {
    void take(ResultSet row) throws SQLException;
  }

  private void each(String query, String type, Object[] keys, Taker taker) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setArray(1, connection.createArrayOf(type, keys));
      try (ResultSet row = select.executeQuery()) {
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

  void execute(Touched touched) throws SQLException {
    List<String> settled = new ArrayList<>();
    for (String[] ids : portions(texts(touched.promises()))) {
      promises(ids, settled);
    }
    callbacks(touched.callbacks());
    listeners(touched.listeners());
    settled.forEach(this::leave);
    schedules(touched.schedules());
    fetched.endOfTransaction();
  }

  private static <T> List<T[]> portions(T[] all) {
    List<T[]> portions = new ArrayList<>();
    for (int from = 0; from < all.length; from += MOST) {
      portions.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + MOST)));
    }
    return portions;
  }

  private static String[] texts(Collection<String> texts) {
    return texts.toArray(new String[0]);
  }

  private void promises(String[] ids, List<String> settled) throws SQLException {
    List<String> large = new ArrayList<>();
    each(
        PROMISES,
        "text",
        ids,
        row -> {
          if (row.getBytes(TAGS) == null) {
            large.add(row.getString(1));
          } else {
            promise(Columns.readLean(row, unreadable), settled);
          }
        });
    for (String id : large) {
      each(
          WHOLE_PROMISES,
          "text",
          new String[] {id},
          row -> promise(Columns.readLean(row, unreadable), settled));
    }
  }

  private void promise(PromiseRow row, List<String> settled) {
    String id = row.promise().id();
    Task task = row.task();
    if (!row.promise().isPending()) {
      fetched.settled(row.promise(), task);
      if (!state.isPending(id)) {
        return;
      }
      settled.add(id);
    }
    state.apply(new Change.PutPromise(null, row.promise()));
    if (task != null) {
      state.apply(new Change.PutTask(null, task));
    }
  }

  /** What it waited for may be in later notes only, if the owner has written meanwhile. */
  private void leave(String id) {
    Task task = state.task(id);
    if (task == null || task.state() instanceof TaskState.Fulfilled) {
      List<String> awaited = new ArrayList<>(state.awaitedBy(id));
      awaited.addAll(state.firedFor(id));
      awaited.forEach(each -> state.apply(new Change.DeleteCallback(each, id)));
    }
    state.evictSettled(id);
  }

  private void callbacks(Collection<Batch.Pair> pairs) throws SQLException {
    Map<ByteBuffer, Boolean> there =
        byKey("SELECT key, fired FROM baton_callbacks WHERE key = ANY (?)", pairs);
    for (Batch.Pair pair : pairs) {
      String awaited = pair.awaited();
      String awaiter = pair.other();
      Boolean hasFired = there.get(key(pair));
      if (hasFired == null) {
        state.apply(new Change.DeleteCallback(awaited, awaiter));
      } else if (state.isPending(awaiter) && (hasFired || state.isPending(awaited))) {
        state.apply(new Change.PutCallback(awaited, awaiter, hasFired));
      } else {
        unreadable.report(
            Kind.CALLBACK, awaited + " -> " + awaiter, "one of its promises cannot be read");
      }
    }
  }

  private void listeners(Collection<Batch.Pair> pairs) throws SQLException {
    Map<ByteBuffer, Boolean> there =
        byKey("SELECT key, true FROM baton_listeners WHERE key = ANY (?)", pairs);
    for (Batch.Pair pair : pairs) {
      state.apply(
          there.containsKey(key(pair))
              ? new Change.PutListener(pair.awaited(), pair.other())
              : new Change.DeleteListener(pair.awaited(), pair.other()));
    }
  }

  private Map<ByteBuffer, Boolean> byKey(String query, Collection<Batch.Pair> pairs)
      throws SQLException {
    byte[][] keys = new byte[pairs.size()][];
    int count = 0;
    for (Batch.Pair pair : pairs) {
      keys[count++] = digests.pair(pair.awaited(), pair.other());
    }
    Map<ByteBuffer, Boolean> found = new HashMap<>();
    for (byte[][] portion : portions(keys)) {
      each(
          query,
          "bytea",
          portion,
          row -> found.put(ByteBuffer.wrap(row.getBytes(1)), row.getBoolean(2)));
    }
    return found;
  }

  private ByteBuffer key(Batch.Pair pair) {
    return ByteBuffer.wrap(digests.pair(pair.awaited(), pair.other()));
  }

  private void schedules(Collection<String> ids) throws SQLException {
    Set<String> absent = new LinkedHashSet<>(ids);
    new ScheduleRows(connection, unreadable)
        .of(
            texts(ids),
            schedule -> {
              absent.remove(schedule.id());
              state.apply(new Change.PutSchedule(schedule));
            });
    absent.forEach(id -> state.apply(new Change.DeleteSchedule(id)));
  }
}
