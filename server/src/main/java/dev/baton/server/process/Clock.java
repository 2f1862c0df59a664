package dev.baton.server.process;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The instants of steps: those of the wall clock, which may be set, and by how much it was. Without
 * that they never go backwards. For one thread at a time.
 */
final class Clock {

  /** What the wall clock drifts from the other one, or is corrected by, is no setting. */
  private static final long SLACK_MS = 500;

  /** Two clocks that are read so far apart say nothing about each other. */
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int READINGS = 5;

  private final LongSupplier wall;
  private final LongSupplier nanoTime;
  private long offset;
  private long last = Long.MIN_VALUE;
  private long jumpMs;

  /**
   * @param wall epoch milliseconds
   * @param nanoTime a clock that nobody sets
   */
  Clock(LongSupplier wall, LongSupplier nanoTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
  }

  /** Epoch milliseconds. */
  long now() {
    long before = nanoTime.getAsLong();
    long now = wall.getAsLong();
    long after = nanoTime.getAsLong();
    for (int i = 1; after - before > APART_NANOS && i < READINGS; i++) {
      before = after;
      now = wall.getAsLong();
      after = nanoTime.getAsLong();
    }
    long apart = now - TimeUnit.NANOSECONDS.toMillis(before);
    boolean isSet = last != Long.MIN_VALUE && Math.abs(apart - offset) > SLACK_MS;
    if (isSet) {
      jumpMs += apart - offset;
      last = now;
    }
    offset = apart;
    last = Math.max(last, now);
    return last;
  }

  /** Whether it was set since {@link #takeJumpMs}, as far as {@link #now} has noticed. */
  boolean wasSet() {
    return jumpMs != 0;
  }

  /** By how much it was set since the last call; negative if it was set back. */
  long takeJumpMs() {
    long taken = jumpMs;
    jumpMs = 0;
    return taken;
  }
}
