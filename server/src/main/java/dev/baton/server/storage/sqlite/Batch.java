package dev.baton.server.storage.sqlite;

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
final class Batch {

  /** A promise's row. */
  static final class Row {
    boolean isNew;
    @Nullable Promise promise;
    @Nullable Task task;
  }

  /** The two columns of a callback's or a listener's key. */
  record Pair(String awaited, String other) {}

  final Map<String, Row> rows = new LinkedHashMap<>();

  /** Whether the callback has fired; null removes its row. */
  final Map<Pair, @Nullable Boolean> callbacks = new LinkedHashMap<>();

  /** Whether the row is there. */
  final Map<Pair, Boolean> listeners = new LinkedHashMap<>();

  /** The schedule; null removes its row. */
  final Map<String, @Nullable Schedule> schedules = new HashMap<>();

  boolean clear;

  void add(Change change) {
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
      case Change.PutSchedule(Schedule after) -> schedules.put(after.id(), after);
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
  long characters() {
    long characters = 0;
    for (Row row : rows.values()) {
      characters += row.promise == null ? 100 : RowSizes.of(row.promise);
    }
    for (Schedule schedule : schedules.values()) {
      characters += schedule == null ? 0 : RowSizes.of(schedule);
    }
    return characters + 100L * (callbacks.size() + listeners.size());
  }

  boolean isEmpty() {
    return !clear
        && rows.isEmpty()
        && callbacks.isEmpty()
        && listeners.isEmpty()
        && schedules.isEmpty();
  }

  void reset() {
    rows.clear();
    callbacks.clear();
    listeners.clear();
    schedules.clear();
    clear = false;
  }
}
