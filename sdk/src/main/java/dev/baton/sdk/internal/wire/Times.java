package dev.baton.sdk.internal.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations as numbers, which may be as long as a {@code Duration} can be. */
public final class Times {

  /** Half of what a {@code long} holds: so much may be added to any {@code nanoTime}. */
  private static final long MOST_NANOS = Long.MAX_VALUE / 2;

  private Times() {}

  /** Nanoseconds, at most some hundred years. */
  public static long nanos(Duration duration) {
    return Math.min(MOST_NANOS, TimeUnit.NANOSECONDS.convert(duration));
  }

  /** Milliseconds, at most what a {@code long} holds. */
  public static long millis(Duration duration) {
    return TimeUnit.MILLISECONDS.convert(duration);
  }

  /** So many times that long, at most as long as a {@code Duration} can be. */
  public static Duration multiplied(Duration duration, int times) {
    try {
      return duration.multipliedBy(times);
    } catch (ArithmeticException e) {
      return Duration.ofSeconds(Long.MAX_VALUE);
    }
  }

  /**
   * That long after an instant, in epoch milliseconds; at most what a {@code long} holds, and never
   * before the epoch.
   */
  public static long after(long millis, Duration duration) {
    long later = millis + millis(duration);
    if (duration.isNegative()) {
      return Math.max(0, later);
    }
    return later < millis ? Long.MAX_VALUE : later;
  }

  /**
   * @throws IllegalArgumentException unless it is positive
   */
  public static Duration positive(String name, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(name + " " + duration + " is not positive");
    }
    return duration;
  }
}
