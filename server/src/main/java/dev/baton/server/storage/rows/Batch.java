package dev.baton.server.storage.rows;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.RowSizes;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a transaction comes to, row by row: however often a row changed, it is written once. */
public final class Batch {

  /** A promise's row. */
  public static final class Row {
    private boolean isNew;
    private @Nullable Promise promise;
    private @Nullable Task task;

    /** Whether the promise is not in the store yet. */
    public boolean isNew() {
      return isNew;
    }

    /** The promise; null if only its task moved. */
    public @Nullable Promise promise() {
      return promise;
    }

    /** The task; null if there is none, or it did not move. */
    public @Nullable Task task() {
      return task;
    }
  }

  /** The two columns of a callback's or a listener's key. */
  public record Pair(String awaited, String other) {}

  private final Map<String, Row> rows = new LinkedHashMap<>();

  private final Map<Pair, @Nullable Boolean> callbacks = new LinkedHashMap<>();

  private final Map<Pair, Boolean> listeners = new LinkedHashMap<>();

  private final Map<String, @Nullable Schedule> schedules = new HashMap<>();

  private boolean clear;

  /** Rows of promises, by id. */
  public Map<String, Row> rows() {
    return rows;
  }

  /** Whether the callback has fired; null removes its row. */
  public Map<Pair, @Nullable Boolean> callbacks() {
    return callbacks;
  }

  /** Whether the row is there. */
  public Map<Pair, Boolean> listeners() {
    return listeners;
  }

  /** The schedule; null removes its row. */
  public Map<String, @Nullable Schedule> schedules() {
    return schedules;
  }

  /** Whether the store is emptied before anything else. */
  public boolean clears() {
    return clear;
  }

  /** Adds a change. */
  public void add(Change change) {
    switch (change) {
      case Change.PutPromise(Promise before, Promise after) -> {
        Row row = row(after.id());
        row.isNew |= before == null;
        row.promise = after;
      }
      case Change.PutTask(_, Task after) -> row(after.id()).task = after;
      case Change.PutCallback(String awaited, String awaiter, boolean fired) ->
          callbacks.put(new Pair(awaited, awaiter), fired);
      case Change.DeleteCallback(String awaited, String awaiter) ->
          callbacks.put(new Pair(awaited, awaiter), null);
      case Change.PutListener(String awaited, String address) ->
          listeners.put(new Pair(awaited, address), true);
      case Change.DeleteListener(String awaited, String address) ->
          listeners.put(new Pair(awaited, address), false);
      case Change.PutSchedule(_, Schedule after) -> schedules.put(after.id(), after);
      case Change.DeleteSchedule(String id) -> schedules.put(id, null);
      case Change.Clear _ -> {
        rows.clear();
        callbacks.clear();
        listeners.clear();
        schedules.clear();
        clear = true;
      }
    }
  }

  private Row row(String id) {
    return rows.computeIfAbsent(id, _ -> new Row());
  }

  /** About how much text it would write. */
  public long characters() {
    long characters = 0;
    for (Row row : rows.values()) {
      characters += row.promise == null ? 100 : RowSizes.of(row.promise);
    }
    for (Schedule schedule : schedules.values()) {
      characters += schedule == null ? 0 : RowSizes.of(schedule);
    }
    return characters + 100L * (callbacks.size() + listeners.size());
  }

  /** Whether it is nothing but a new promise, perhaps with its task. */
  public boolean isOnlyNew(String id) {
    Row row = rows.size() == 1 ? rows.get(id) : null;
    return row != null
        && row.isNew
        && !clear
        && callbacks.isEmpty()
        && listeners.isEmpty()
        && schedules.isEmpty();
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return !clear
        && rows.isEmpty()
        && callbacks.isEmpty()
        && listeners.isEmpty()
        && schedules.isEmpty();
  }

  /** Forgets everything. */
  public void reset() {
    rows.clear();
    callbacks.clear();
    listeners.clear();
    schedules.clear();
    clear = false;
  }
}
