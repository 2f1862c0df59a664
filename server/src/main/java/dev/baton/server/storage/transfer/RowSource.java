package dev.baton.server.storage.transfer;

import dev.baton.core.Schedule;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.rows.PromiseRow;

/** All rows of a store that no server uses meanwhile. */
public interface RowSource extends AutoCloseable {

  /** Is shown one row after the other. */
  interface Taker {
    /** A promise and its task, whole. */
    void promise(PromiseRow row);

    /** Who waits for a promise, or has yet to learn that it has settled. */
    void callback(String awaited, String awaiter, boolean fired);

    /** Who is to be told of a promise. */
    void listener(String awaited, String address);

    /** A schedule. */
    void schedule(Schedule schedule);

    /** What a group has been given. */
    void group(String name, int slotsPerWorker);
  }

  /**
   * Shows all rows as of one moment, kind by kind in the order of {@link Taker}, and each kind by
   * the bytes of its key; a few at a time are in memory.
   *
   * @throws StorageException if they cannot be read
   * @throws dev.baton.core.UnreadableException at the first row that cannot
   */
  void show(Taker taker);

  /**
   * Makes sure that nobody has changed the store since it was opened.
   *
   * @throws StorageException if somebody may have
   */
  default void checkUnchanged() {}

  @Override
  void close();
}
