package dev.baton.server.simulation;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RowSizes;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads what has been saved. */
record DiskReader(Disk disk) implements Reader {

  @Override
  public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
    show(disk.promises, query::matches, promise -> promise, RowSizes::of, after, portion);
  }

  @Override
  public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
    show(disk.tasks, query::matches, this::row, RowSizes::of, after, portion);
  }

  private TaskRow row(Task task) {
    var callbacks = disk.callbacks.get(task.id());
    return new TaskRow(
        task,
        callbacks == null
            ? 0
            : (int) callbacks.values().stream().filter(Boolean::booleanValue).count());
  }

  @Override
  public void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion) {
    show(disk.schedules, query::matches, schedule -> schedule, RowSizes::of, after, portion);
  }

  private static <T, R> void show(
      NavigableMap<String, T> rows,
      Predicate<T> isWanted,
      Function<T, R> as,
      ToLongFunction<T> size,
      @Nullable String after,
      Portion<R> portion) {
    for (var row : (after == null ? rows : rows.tailMap(after, false)).entrySet()) {
      T value = row.getValue();
      boolean goesOn =
          isWanted.test(value)
              ? portion.add(row.getKey(), as.apply(value), size.applyAsLong(value))
              : portion.pass(row.getKey());
      if (!goesOn) {
        return;
      }
    }
    portion.end();
  }

  @Override
  public @Nullable Everything everything(long bytesMost) {
    throw new UnsupportedOperationException("no history asks for a snapshot");
  }

  @Override
  public void close() {}
}
