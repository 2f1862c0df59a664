package dev.baton.sdk.internal.wire;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing pauses with jitter: each is between half of and the whole of its step, and the steps
 * double from the first to the longest.
 */
public final class Backoff {

  private static final int MAX_DOUBLINGS = 30;

  private final long firstMs;
  private final long longestMs;
  private final RandomGenerator random;
  private int failures;

  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.firstMs = first.toMillis();
    this.longestMs = longest.toMillis();
    this.random = random;
  }

  /** The pause after one more failure. */
  public Duration next() {
    long step = Math.min(longestMs, firstMs << Math.min(failures, MAX_DOUBLINGS));
    failures = Math.min(failures + 1, MAX_DOUBLINGS);
    return Duration.ofMillis(step - random.nextLong(step / 2 + 1));
  }

  /** The next failure is the first again. */
  void reset() {
    failures = 0;
  }
}
