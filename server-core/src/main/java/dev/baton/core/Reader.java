package dev.baton.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is stored, beside the rules: what searches and snapshots are made of. Each call sees
 * all rows as of one moment, and the next call a later one, or the same: what was durable when a
 * call began, it sees. Rows come in the order of {@link IdOrder}. One thread at a time may use it.
 */
public interface Reader extends AutoCloseable {

  /**
   * Shows a portion the rows that a query may want, from the first whose id is greater, until the
   * portion has enough. Rows that a query certainly does not want need not be shown.
   *
   * @param after null: from the beginning
   */
  void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion);

  /** The promise of an id; null if there is none, or it cannot be read. */
  default @Nullable Promise promise(String id) {
    Portion<Promise> portion = Portion.ofRows(1);
    promises(Query.Promises.startingWith(id), null, portion);
    for (Promise promise : portion.found()) {
      if (promise.id().equals(id)) {
        return promise;
      }
    }
    return null;
  }

  /** Does the same as {@link #promises} for tasks. */
  void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion);

  /** Does the same for schedules. */
  void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion);

  /**
   * Everything at one moment, for debugging.
   *
   * @param bytesMost as {@link RowSizes} counts them
   * @return null if there is more than that
   */
  @Nullable Everything everything(long bytesMost);

  /**
   * A task, and how many of the promises that it waited for have settled.
   *
   * @param resumes the number of its fired callbacks
   */
  record TaskRow(Task task, int resumes) {}

  /**
   * All rows, each kind by id.
   *
   * @param waiting callbacks that have not fired
   */
  record Everything(
      List<Promise> promises,
      List<TaskRow> tasks,
      List<Callback> waiting,
      List<Command.Listener> listeners) {}

  /** Who waits for what. */
  record Callback(String awaited, String awaiter) {}

  @Override
  void close();
}
