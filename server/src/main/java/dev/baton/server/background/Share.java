package dev.baton.server.background;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How much of one processor some kind of work in the background takes while others are served, on
 * all of its threads together. Each works for some milliseconds, says so, and is told when the next
 * may begin. Garbage counts as work, too, because everybody waits while it is collected. While
 * nobody is served, work rests for as long as it has taken. Thread-safe.
 */
public final class Share {

  /** So much later work that is let in at once may begin to wait. */
  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * What allocates 83 MB/s counts as nothing but work. Of a share of 10 % that is half a collection
   * a second of a young generation of 17 MB.
   */
  private static final long NANOS_OF_A_BYTE = 12;

  private final double share;
  private final BooleanSupplier isServing;
  private final LongSupplier nanoTime;

  /** When the share of all that has been done is over. Guarded by this. */
  private long paidAt;

  /**
   * @param percent of one processor
   * @param isServing whether others are served at present
   */
  public Share(int percent, BooleanSupplier isServing) {
    this(percent, isServing, System::nanoTime);
  }

  /**
   * @param nanoTime a clock
   */
  public Share(int percent, BooleanSupplier isServing, LongSupplier nanoTime) {
    this.share = percent / 100.0;
    this.isServing = isServing;
    this.nanoTime = nanoTime;
    this.paidAt = nanoTime.getAsLong();
  }

  /**
   * Counts work that has just ended.
   *
   * @return for how many nanoseconds who did it should rest
   */
  public long restNanos(long workedNanos) {
    return restNanos(workedNanos, 0);
  }

  /**
   * The same for work that has made garbage.
   *
   * @param bytes what it has allocated
   */
  public synchronized long restNanos(long workedNanos, long bytes) {
    long now = nanoTime.getAsLong();
    if (!isServing.getAsBoolean()) {
      paidAt = now;
      return workedNanos;
    }
    long began = now - workedNanos;
    long work = Math.max(workedNanos, bytes * NANOS_OF_A_BYTE);
    paidAt = (paidAt - began > 0 ? paidAt : began) + (long) (work / share);
    return paidAt - now;
  }

  /** Whether others are served at present. */
  public boolean isServing() {
    return isServing.getAsBoolean();
  }

  /**
   * For how many nanoseconds what is new should wait: not at all, unless there has been much of it.
   */
  public synchronized long waitNanos() {
    long ahead = paidAt - nanoTime.getAsLong() - BURST_NANOS;
    return isServing.getAsBoolean() ? Math.max(ahead, 0) : 0;
  }
}
