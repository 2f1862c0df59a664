package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.protocol.PromiseRecord;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store whose disk can fail and whose process can end during a transaction; tells what it saved.
 */
final class FaultyStorage implements Storage {

  /** When the process is to end. */
  enum CrashPoint {
    NONE,
    /** When all is decided and nothing is saved. */
    BEFORE_COMMIT,
    /** When all is saved and nobody has been told. */
    AFTER_COMMIT
  }

  private final Storage real;
  private final Consumer<List<Change>> begun;
  private final Consumer<List<Change>> saved;
  private final LiveBooks books;
  private final long interruptedAt;
  private final List<Change> unsaved = new ArrayList<>();
  private final BooleanSupplier isFull;
  private CrashPoint crashAt = CrashPoint.NONE;
  private int failures;
  private boolean hasFailed;
  private boolean isRefused;
  private int refusals;

  /**
   * @param begun told of each transaction that begins, and what it has decided so far
   * @param saved told what each transaction has saved
   * @param books told of each transaction while it is decided
   * @param interruptedAt when the process before wrote last, or 0 if there was none
   * @param isFull whether there is no room on the disk
   */
  FaultyStorage(
      Storage real,
      Consumer<List<Change>> begun,
      Consumer<List<Change>> saved,
      LiveBooks books,
      long interruptedAt,
      BooleanSupplier isFull) {
    this.books = books;
    this.isFull = isFull;
    this.real = real;
    this.begun = begun;
    this.saved = saved;
    this.interruptedAt = interruptedAt;
  }

  /** Ends the process in the next transaction. */
  void crashAt(CrashPoint point) {
    crashAt = point;
  }

  /** Lets so many transactions fail. */
  void fail(int transactions) {
    failures = transactions;
  }

  private record Watched(Rows rows, List<Change> unsaved, LiveBooks books) implements Rows {
    @Override
    public State state() {
      return rows.state();
    }

    @Override
    public void save(List<Change> changes) {
      books.saving(changes);
      rows.save(changes);
      unsaved.addAll(changes);
    }

    @Override
    public long nextDueAt(boolean withRuns) {
      return rows.nextDueAt(withRuns);
    }

    @Override
    public long liveBytes() {
      return rows.liveBytes();
    }

    @Override
    public long scheduleBytes() {
      return rows.scheduleBytes();
    }
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    unsaved.clear();
    begun.accept(unsaved);
    R result =
        real.transact(rows -> {
          books.begin();
          R decided = work.apply(new Watched(rows, unsaved, books));
          strike();
          return decided;
        });
    isRefused &= unsaved.isEmpty();
    saved.accept(unsaved);
    if (crashAt == CrashPoint.AFTER_COMMIT) {
      throw Crash.INSTANCE;
    }
    return result;
  }

  /** A promise that is stored, whatever fails. */
  @Nullable PromiseRecord record(String id) {
    return real.transact(rows -> Optional.ofNullable(rows.state().wholePromise(id)))
        .map(Promise::toRecord)
        .orElse(null);
  }

  private void strike() {
    if (crashAt == CrashPoint.BEFORE_COMMIT) {
      throw Crash.INSTANCE;
    }
    if (!unsaved.isEmpty()) {
      write();
    }
  }

  private void write() {
    if (isFull.getAsBoolean() || failures > 0) {
      failures = Math.max(0, failures - 1);
      hasFailed = true;
      isRefused = true;
      refusals++;
      throw new StorageException("the disk fails", new IOException("no space left"));
    }
  }

  @Override
  public long liveBytes() {
    return real.liveBytes();
  }

  @Override
  public State live() {
    return real.live();
  }

  @Override
  public void recover() {
    write();
    real.recover();
    isRefused = false;
  }

  /** Whether the next attempt to write fails, too. */
  boolean isFailing() {
    return failures > 0;
  }

  /** How many attempts to write have failed. */
  int refusals() {
    return refusals;
  }

  /** Whether the last attempt to write anything failed. */
  boolean isRefused() {
    return isRefused;
  }

  /** Whether anything has failed since this was asked last. */
  boolean takeFailure() {
    boolean had = hasFailed;
    hasFailed = false;
    return had;
  }

  @Override
  public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
    real.replay(tasks, unblocks);
  }

  @Override
  public long interruptedAt() {
    return interruptedAt;
  }

  @Override
  public Map<String, Integer> groupSlots() {
    return real.groupSlots();
  }

  @Override
  public boolean hasFailed() {
    return real.hasFailed();
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    real.saveGroupSlots(group, slotsPerWorker);
  }

  @Override
  public Reader reader() {
    return real.reader();
  }

  @Override
  public void close() {
    real.close();
  }
}
