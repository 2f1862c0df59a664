package dev.baton.server.storage.transfer;

import dev.baton.core.Change;
import dev.baton.core.RowSizes;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.PromiseRow;

/** Moves everything from one store to another, a few rows at a time. */
public final class Transfer {

  private static final int MOST_ROWS = 1_000;
  private static final long MOST_BYTES = 4 << 20;

  private Transfer() {}

  /**
   * What has been moved, as it was read from the new store.
   *
   * @param pending how many of the promises are pending
   * @param digest of all values of all rows, SHA-256 in hexadecimal digits
   */
  public record Moved(
      long promises,
      long pending,
      long callbacks,
      long listeners,
      long schedules,
      long groups,
      String digest) {}

  /**
   * Copies all rows, reads them again, compares, and only then finishes the new store.
   *
   * @throws StorageException if anything is not as it should be; then the new store does not exist
   */
  public static Moved run(RowSource from, RowSink to) {
    try {
      Inventory read = new Inventory();
      Writer writer = new Writer(read, to);
      from.show(writer);
      writer.flush();
      from.checkUnchanged();
      Inventory written = new Inventory();
      to.written().show(written);
      Moved expected = read.total();
      Moved found = written.total();
      if (!found.equals(expected)) {
        throw new StorageException(
            "the new store holds other things than the old: %s, not %s".formatted(found, expected),
            null);
      }
      to.finish();
      return found;
    } catch (UnreadableException e) {
      throw new StorageException(
          "nothing was moved: " + e.getMessage() + "; remove the row, or restore a backup", e);
    }
  }

  /** Writes what it is shown. */
  private static final class Writer implements RowSource.Taker {
    private final Inventory inventory;
    private final RowSink to;
    private final Batch batch = new Batch();
    private int rows;
    private long bytes;

    Writer(Inventory inventory, RowSink to) {
      this.inventory = inventory;
      this.to = to;
    }

    @Override
    public void promise(PromiseRow row) {
      inventory.promise(row);
      batch.add(new Change.PutPromise(null, row.promise()));
      Task task = row.task();
      if (task != null) {
        batch.add(new Change.PutTask(null, task));
      }
      added(RowSizes.of(row.promise()));
    }

    @Override
    public void callback(String awaited, String awaiter, boolean fired) {
      inventory.callback(awaited, awaiter, fired);
      batch.add(new Change.PutCallback(awaited, awaiter, fired));
      added(awaited.length() + awaiter.length());
    }

    @Override
    public void listener(String awaited, String address) {
      inventory.listener(awaited, address);
      batch.add(new Change.PutListener(awaited, address));
      added(awaited.length() + address.length());
    }

    @Override
    public void schedule(Schedule schedule) {
      inventory.schedule(schedule);
      batch.add(new Change.PutSchedule(schedule));
      added(RowSizes.of(schedule));
    }

    @Override
    public void group(String name, int slotsPerWorker) {
      inventory.group(name, slotsPerWorker);
      to.group(name, slotsPerWorker);
    }

    private void added(long size) {
      rows++;
      bytes += size;
      if (rows >= MOST_ROWS || bytes >= MOST_BYTES) {
        flush();
      }
    }

    void flush() {
      if (!batch.isEmpty()) {
        to.write(batch);
        batch.reset();
      }
      rows = 0;
      bytes = 0;
    }
  }
}
