package dev.baton.server.storage.postgres;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The database's time, as far as it has been measured: all servers of a store have the same, and
 * what one has said is due is due for the next owner, too. Between two measurements it goes on by a
 * clock that nobody sets, so a machine whose own clock jumps makes nothing due. Thread-safe.
 */
public final class DatabaseClock {

  /** What is less than this may as well be the way of the answer. */
  private static final long SLACK_MS = 2;

  private final LongSupplier wall;
  private final LongSupplier nanoTime;

  /** From the milliseconds of the clock that nobody sets to the database's. */
  private volatile long offsetMs;

  private boolean isMeasured;

  /** By the clocks of this machine. */
  public DatabaseClock() {
    this(System::currentTimeMillis, System::nanoTime);
  }

  /**
   * By other clocks.
   *
   * @param wall epoch milliseconds; it may be set
   * @param nanoTime a clock that nobody sets
   */
  DatabaseClock(LongSupplier wall, LongSupplier nanoTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.offsetMs = wall.getAsLong() - ticks();
  }

  /** Epoch milliseconds. */
  public long now() {
    return ticks() + offsetMs;
  }

  /** How far the database's clock is before this machine's. */
  public long offsetMs() {
    return now() - wall.getAsLong();
  }

  /** Milliseconds of the clock that nobody sets: when the database was asked, and answered. */
  long ticks() {
    return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
  }

  /**
   * The database has said what time it is.
   *
   * @param before when it was asked, in {@link #ticks}
   * @param said what it answered, epoch milliseconds
   * @param after when the answer came, in ticks
   */
  synchronized void measured(long before, long said, long after) {
    long offset = said - (before + (after - before) / 2);
    long uncertain = (after - before + 1) / 2 + SLACK_MS;
    if (!isMeasured || Math.abs(offset - offsetMs) > uncertain) {
      isMeasured = true;
      offsetMs = offset;
    }
  }
}
