package dev.baton.server.storage;

import dev.baton.core.Change;
import dev.baton.core.State;
import java.util.List;

/** The rows as one transaction sees them: its own changes show at once. */
public interface Rows {

  /** What the rules read. */
  State state();

  /** Makes changes part of the transaction. */
  void save(List<Change> changes);

  /**
   * When the earliest timer is due, epoch milliseconds; {@code Long.MAX_VALUE} if there is none.
   * The protocol's retry timers do not count: the dispatcher knows better.
   */
  default long nextDueAt() {
    return nextDueAt(true);
  }

  /**
   * The same.
   *
   * @param withRuns whether those of schedules count
   */
  long nextDueAt(boolean withRuns);

  /** About how many bytes of memory what is live takes, with the transaction's changes. */
  default long liveBytes() {
    return 0;
  }

  /** How many of those are of schedules. */
  default long scheduleBytes() {
    return 0;
  }
}
