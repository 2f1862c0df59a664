package dev.baton.server.dispatch;

import dev.baton.core.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * How the deliveries of a task have gone since it last got somewhere: it has come back unfinished.
 * Mutable; the dispatcher owns it.
 */
final class Effort {

  /** So often a task that was handed over goes before those that have only waited. */
  static final int FIRST = 2;

  /** A task held for less than this was given back at once. */
  private static final long AT_ONCE_MS = 1_000;

  /** What nobody can execute would go round at the speed of the network. */
  private static final long AT_ONCE_STEP_MS = 50;

  /** What ends its workers leaves the others time to do something else. */
  private static final long STEP_MS = 1_000;

  final String taskId;

  /** How often it came back, not counting what workers that were to stop gave back. */
  int failed;

  /** Why it was given back the last time, as who did says it; null if that was not said. */
  @Nullable String reason;

  /** Not to be offered before; epoch milliseconds. */
  long againAt;

  /** Who had it last and gave it back at once; null if it was held for a while. */
  @Nullable String refusedBy;

  Effort(String taskId) {
    this.taskId = taskId;
  }

  /**
   * It has come back once more.
   *
   * @param held how it was held
   * @param mostMs the longest time between two deliveries
   */
  void failed(TaskState.Acquired held, long now, long mostMs) {
    failed++;
    reason = null;
    long since = Math.min(held.acquiredAt(), now); // The clock may have been set back.
    boolean isRefused = now - since < AT_ONCE_MS;
    refusedBy = isRefused ? held.pid() : null;
    againAt = since + intervalMs(isRefused, mostMs);
  }

  /** It has come back for reasons that are none of its own. */
  void excused() {
    refusedBy = null;
    againAt = 0;
  }

  /** When it is offered again, if that is to come; else null. */
  @Nullable Long offeredAgainAt(long now) {
    return againAt > now ? againAt : null;
  }

  /** Whether it waits its turn like others, and longer the more often it came back. */
  boolean isHeldBack() {
    return failed > FIRST;
  }

  private long intervalMs(boolean isRefused, long mostMs) {
    if (!isHeldBack()) {
      return 0;
    }
    int doublings = Math.min(failed - FIRST - 1, 20);
    if (isRefused) {
      return Math.min(mostMs, AT_ONCE_STEP_MS << doublings);
    }
    long intervalMs = Math.min(mostMs, STEP_MS << doublings);
    return intervalMs - spreadMs(intervalMs / 2);
  }

  /**
   * Tasks that were lost together do not all come back together: one of them may be the reason, and
   * the others are to get somewhere without it.
   */
  private long spreadMs(long most) {
    return Math.floorMod(31 * taskId.hashCode() + 0x9E3779B9 * failed, most + 1);
  }
}
