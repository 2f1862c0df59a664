package dev.baton.core;

import java.util.ArrayList;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a {@link MemoryState}. */
record MemoryReader(
    NavigableMap<String, MemoryState.Entry> entries, NavigableMap<String, Schedule> schedules)
    implements Reader {

  @Override
  public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
    var rows =
        query.beginsWithPrefix(after)
            ? entries.tailMap(query.prefix(), true)
            : beyond(entries, after);
    for (var entry : rows.values()) {
      var promise = entry.promise;
      if (!promise.id().startsWith(query.prefix())) {
        break;
      }
      boolean goesOn =
          query.matches(promise)
              ? portion.add(promise.id(), promise, RowSizes.of(promise))
              : portion.pass(promise.id());
      if (!goesOn) {
        return;
      }
    }
    portion.end();
  }

  @Override
  public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
    for (var entry : beyond(entries, after).values()) {
      var task = entry.task;
      boolean goesOn =
          task != null && query.matches(task)
              ? portion.add(task.id(), new TaskRow(task, entry.fired.size()), RowSizes.of(task))
              : portion.pass(entry.promise.id());
      if (!goesOn) {
        return;
      }
    }
    portion.end();
  }

  @Override
  public void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion) {
    for (var schedule : beyond(schedules, after).values()) {
      boolean goesOn =
          query.matches(schedule)
              ? portion.add(schedule.id(), schedule, RowSizes.of(schedule))
              : portion.pass(schedule.id());
      if (!goesOn) {
        return;
      }
    }
    portion.end();
  }

  private static <T> NavigableMap<String, T> beyond(
      NavigableMap<String, T> rows, @Nullable String after) {
    return after == null ? rows : rows.tailMap(after, false);
  }

  @Override
  public @Nullable Everything everything(long bytesMost) {
    var promises = new ArrayList<Promise>();
    var tasks = new ArrayList<TaskRow>();
    var waiting = new ArrayList<Callback>();
    var listeners = new ArrayList<Command.Listener>();
    long bytes = 0;
    for (var entry : entries.values()) {
      var promise = entry.promise;
      bytes += RowSizes.of(promise);
      if (bytes > bytesMost) {
        return null;
      }
      promises.add(promise);
      entry.awaiters.forEach(awaiter -> waiting.add(new Callback(promise.id(), awaiter)));
      entry.listeners.forEach(
          address -> listeners.add(new Command.Listener(promise.id(), address)));
      if (entry.task != null) {
        tasks.add(new TaskRow(entry.task, entry.fired.size()));
      }
    }
    return new Everything(promises, tasks, waiting, listeners);
  }

  @Override
  public void close() {}
}
