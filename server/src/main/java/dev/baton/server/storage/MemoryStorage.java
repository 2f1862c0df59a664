package dev.baton.server.storage;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps everything in memory, for as long as the process lives. */
public final class MemoryStorage implements Storage {

  private final MemoryState state;
  private final Rows rows;
  private @Nullable String lookedAt;
  private final Map<String, Integer> groupSlots = new HashMap<>();

  public MemoryStorage(RuleSet.Profile profile) {
    state = new MemoryState(profile);
    rows =
        new Rows() {
          @Override
          public State state() {
            return state;
          }

          @Override
          public void save(List<Change> changes) {
            state.apply(changes);
          }

          @Override
          public long nextDueAt(boolean withRetries) {
            return state.nextDueAt(withRetries);
          }
        };
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    return work.apply(rows);
  }

  @Override
  public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
    state.replay(tasks, unblocks);
  }

  @Override
  public Sweep removeSettled(long settledBefore, int limit) {
    List<Promise> page = state.searchPromises(null, Map.of(), lookedAt, limit);
    int removed = 0;
    for (Promise promise : page) {
      boolean isOld =
          promise.state() instanceof PromiseState.Settled settled
              && settled.settledAt() < settledBefore;
      if (isOld
          && !state.isPending(Promise.rootOf(promise.id(), promise.tags()))
          && state.evictSettled(promise.id())) {
        removed++;
      }
    }
    boolean isRoundOver = page.size() < limit;
    lookedAt = isRoundOver ? null : page.getLast().id();
    return new Sweep(removed, isRoundOver);
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
  public boolean isHealthy() {
    return true;
  }

  @Override
  public void close() {}
}
