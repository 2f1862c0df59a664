package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.History;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.PromiseState;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.server.storage.MemoryRows;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Memory in front of a disk: a transaction reaches the disk whole or not at all. */
final class DiskStorage implements Storage {

  /** How changes come to the disk. */
  interface Saver {
    /** Everything of a transaction. */
    void save(List<Change> changes);

    /** A transaction ended before it could be saved. */
    default void interrupted(List<Change> changes) {}
  }

  final Disk disk;
  private final Saver saver;
  private final boolean evicts;
  private final List<Change> unsaved = new ArrayList<>();
  private MemoryState state;

  private final Rows rows = new MemoryRows(() -> state, unsaved::addAll);

  /** Reads the disk, settled promises only on demand if they are to leave memory. */
  DiskStorage(Disk disk, boolean evicts) {
    this(disk, evicts, changes -> changes.forEach(disk::apply));
  }

  DiskStorage(Disk disk, boolean evicts, Saver saver) {
    this.disk = disk;
    this.saver = saver;
    this.evicts = evicts;
    this.state = load();
  }

  /** Memory is to say what the disk says. */
  void reload() {
    state = load();
  }

  private MemoryState load() {
    MemoryState loaded =
        evicts
            ? new MemoryState(RuleSet.Profile.RELEASE, new DiskHistory(disk), 0)
            : new MemoryState(RuleSet.Profile.RELEASE, History.NONE);
    disk.loadInto(loaded, !evicts);
    return loaded;
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    try {
      R result = work.apply(rows);
      saver.save(unsaved);
      if (evicts) {
        unsaved.forEach(this::evict);
      }
      return result;
    } catch (RuntimeException | Error e) {
      saver.interrupted(unsaved);
      state = load();
      throw e;
    } finally {
      unsaved.clear();
    }
  }

  private void evict(Change change) {
    switch (change) {
      case Change.PutPromise put when put.after().state() instanceof PromiseState.Settled ->
          state.evictSettled(put.after().id());
      case Change.PutPromise put -> state.evictPayload(put.after().id());
      default -> {}
    }
  }

  @Override
  public long liveBytes() {
    return state.bytes();
  }

  @Override
  public State live() {
    return state;
  }

  @Override
  public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
    state.replay(tasks, unblocks);
  }

  @Override
  public Map<String, Integer> groupSlots() {
    return disk.slots;
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    if (slotsPerWorker == null) {
      disk.slots.remove(group);
    } else {
      disk.slots.put(group, slotsPerWorker);
    }
  }

  @Override
  public Reader reader() {
    return new DiskReader(disk);
  }

  @Override
  public void close() {}
}
