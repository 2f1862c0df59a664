package dev.baton.server.storage.postgres;

/**
 * The database's time, as far as it has been measured: all servers of a store have the same, and
 * what one has said is due is due for the next owner, too. Thread-safe.
 */
public final class DatabaseClock {

  /** What is less than this may as well be the way of the answer. */
  private static final long SLACK_MS = 2;

  private volatile long offsetMs;
  private boolean isMeasured;

  /** Epoch milliseconds. */
  public long now() {
    return System.currentTimeMillis() + offsetMs;
  }

  /** How far the database's clock is before this machine's. */
  public long offsetMs() {
    return offsetMs;
  }

  /**
   * The database has said what time it is.
   *
   * @param before when it was asked, by this machine's clock
   * @param said what it answered
   * @param after when the answer came
   */
  synchronized void measured(long before, long said, long after) {
    if (after < before) {
      return; // This machine's clock was set meanwhile.
    }
    long offset = said - (before + (after - before) / 2);
    long uncertain = (after - before + 1) / 2 + SLACK_MS;
    if (!isMeasured || Math.abs(offset - offsetMs) > uncertain) {
      isMeasured = true;
      offsetMs = offset;
    }
  }
}
