package dev.baton.server.dispatch;

import dev.baton.core.Task;
import dev.baton.core.TaskState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows down tasks that every worker gives back at once, so that a task nobody can execute does not
 * go round at the speed of the network. The first two returns cost nothing.
 */
final class Relapses {

  /** A task held for less than this was given back at once. */
  private static final long AT_ONCE_MS = 1_000;

  private static final int FREE = 2;
  private static final long STEP_MS = 50;
  private static final int MEMORY = 100_000;

  private final long mostMs;
  private final Map<String, Integer> returns =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MEMORY;
        }
      };

  Relapses(long mostMs) {
    this.mostMs = mostMs;
  }

  /** How long to wait before a task is offered again that has just moved from there to pending. */
  long pauseMs(@Nullable Task before, long now) {
    if (before == null || !(before.state() instanceof TaskState.Acquired acquired)) {
      return 0;
    }
    long heldSince = acquired.leaseExpiresAt() - acquired.ttlMs();
    if (now - heldSince >= AT_ONCE_MS) {
      returns.remove(before.id());
      return 0;
    }
    int count = returns.merge(before.id(), 1, Integer::sum);
    return count <= FREE ? 0 : Math.min(mostMs, STEP_MS << Math.min(count - FREE - 1, 20));
  }

  void forget(String taskId) {
    returns.remove(taskId);
  }

  void clear() {
    returns.clear();
  }
}
