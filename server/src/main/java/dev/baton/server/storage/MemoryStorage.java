package dev.baton.server.storage;

import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.Task;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything in memory, for as long as the process lives. Transactions and readers take
 * turns, in the order in which they came: a transaction waits for one portion of each reader at
 * most.
 */
public final class MemoryStorage implements Storage {

  private final ReentrantLock turn = new ReentrantLock(true);
  private final MemoryState state;
  private final Rows rows;
  private @Nullable String lookedAt;
  private final Map<String, Integer> groupSlots = new HashMap<>();

  public MemoryStorage(RuleSet.Profile profile) {
    state = new MemoryState(profile);
    rows = new MemoryRows(() -> state, _ -> {});
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    turn.lock();
    try {
      return work.apply(rows);
    } finally {
      turn.unlock();
    }
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
  public Reader reader() {
    return new TurnReader(state.reader(), turn);
  }

  @Override
  public Sweep removeSettled(long settledBefore, int limit) {
    turn.lock();
    try {
      return sweep(settledBefore, limit);
    } finally {
      turn.unlock();
    }
  }

  private Sweep sweep(long settledBefore, int limit) {
    Portion<Promise> portion = Portion.ofRows(limit);
    state.reader().promises(Query.Promises.ALL, lookedAt, portion);
    int removed = 0;
    for (Promise promise : portion.found()) {
      boolean isOld =
          promise.state() instanceof PromiseState.Settled settled
              && settled.settledAt() < settledBefore;
      if (isOld
          && !state.isPending(Promise.rootOf(promise.id(), promise.tags()))
          && state.evictSettled(promise.id())) {
        removed++;
      }
    }
    lookedAt = portion.isAtEnd() ? null : portion.lookedUpTo();
    return new Sweep(removed, portion.isAtEnd());
  }

  @Override
  public Map<String, Integer> groupSlots() {
    return Map.copyOf(groupSlots);
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    if (slotsPerWorker == null) {
      groupSlots.remove(group);
    } else {
      groupSlots.put(group, slotsPerWorker);
    }
  }

  @Override
  public long liveBytes() {
    return state.bytes();
  }

  @Override
  public void close() {}
}
