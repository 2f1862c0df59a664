package dev.baton.server.storage;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.State;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The rows of a store that has what is live in memory, too. */
public final class MemoryRows implements Rows {

  private final Supplier<MemoryState> memory;
  private final Consumer<List<Change>> keep;

  /**
   * The rows of that store.
   *
   * @param memory what it has in memory, which it may read anew between transactions
   * @param keep what else it does with changes, which memory shows already
   */
  public MemoryRows(Supplier<MemoryState> memory, Consumer<List<Change>> keep) {
    this.memory = memory;
    this.keep = keep;
  }

  @Override
  public State state() {
    return memory.get();
  }

  @Override
  public void save(List<Change> changes) {
    memory.get().apply(changes);
    keep.accept(changes);
  }

  @Override
  public long nextDueAt(boolean withRuns) {
    return memory.get().nextDueAt(withRuns);
  }

  @Override
  public long liveBytes() {
    return memory.get().bytes();
  }

  @Override
  public long scheduleBytes() {
    return memory.get().scheduleBytes();
  }
}
