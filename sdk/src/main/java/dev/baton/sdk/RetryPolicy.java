package dev.baton.sdk;

import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and when a failed function is tried again. Each try begins from scratch: a function that
 * makes steps makes all of them anew. Only the last outcome is the call's; the failures before it
 * are kept with the pauses, which are durable: their number goes on when another worker takes over,
 * and while a pause lasts the function takes no slot. No retry starts after the promise's deadline.
 * A policy travels with the call; a pause is to the millisecond and not negative, and what is out
 * of range is refused with an {@link IllegalArgumentException}.
 */
public sealed interface RetryPolicy {

  /** No limit on the number of retries. */
  int UNLIMITED = Integer.MAX_VALUE;

  /**
   * The pause before that retry, or empty when there is to be none.
   *
   * @param retry 1 for the first
   */
  Optional<Duration> delayBefore(int retry);

  /** The first failure is the outcome. This is the default. */
  static RetryPolicy never() {
    return new Never();
  }

  /** The same pause before every retry. */
  static Constant constant(Duration delay, int maxRetries) {
    return new Constant(delay, maxRetries);
  }

  /** A pause that grows by {@code delay} with every retry. */
  static Linear linear(Duration delay, int maxRetries) {
    return new Linear(delay, maxRetries);
  }

  /**
   * A pause that starts with {@code delay} and doubles up to 30 s; see {@link
   * Exponential#withFactor} and {@link Exponential#withMaxDelay}.
   */
  static Exponential exponential(Duration delay, int maxRetries) {
    return new Exponential(delay, 2, Duration.ofSeconds(30), maxRetries);
  }

  /** No retry. */
  record Never() implements RetryPolicy {
    @Override
    public Optional<Duration> delayBefore(int retry) {
      return Optional.empty();
    }
  }

  /**
   * The same pause before every retry.
   *
   * @param maxRetries at least 0; {@link #UNLIMITED} for no limit
   */
  record Constant(Duration delay, int maxRetries) implements RetryPolicy {
    public Constant {
      check(delay, maxRetries);
    }

    @Override
    public Optional<Duration> delayBefore(int retry) {
      return retry > maxRetries ? Optional.empty() : Optional.of(delay);
    }
  }

  /**
   * {@code delay} times the number of the retry.
   *
   * @param maxRetries at least 0; {@link #UNLIMITED} for no limit
   */
  record Linear(Duration delay, int maxRetries) implements RetryPolicy {
    public Linear {
      check(delay, maxRetries);
    }

    @Override
    public Optional<Duration> delayBefore(int retry) {
      return retry > maxRetries ? Optional.empty() : Optional.of(Times.multiplied(delay, retry));
    }
  }

  /**
   * {@code delay}, then {@code factor} times the pause before, never above {@code maxDelay}.
   *
   * @param factor at least 1
   * @param maxRetries at least 0; {@link #UNLIMITED} for no limit
   */
  record Exponential(Duration delay, double factor, Duration maxDelay, int maxRetries)
      implements RetryPolicy {
    public Exponential {
      check(delay, maxRetries);
      if (!(factor >= 1)) {
        throw new IllegalArgumentException("factor " + factor + " is below 1");
      }
      if (Double.isInfinite(factor)) {
        throw new IllegalArgumentException("factor " + factor + " is not finite");
      }
      if (maxDelay.isNegative()) {
        throw new IllegalArgumentException("maxDelay " + maxDelay + " is negative");
      }
    }

    /** With that factor, at least 1. */
    public Exponential withFactor(double factor) {
      return new Exponential(delay, factor, maxDelay, maxRetries);
    }

    /** With that longest pause, which is not negative. */
    public Exponential withMaxDelay(Duration maxDelay) {
      return new Exponential(delay, factor, maxDelay, maxRetries);
    }

    @Override
    public Optional<Duration> delayBefore(int retry) {
      if (retry > maxRetries) {
        return Optional.empty();
      }
      double millis = Times.millis(delay) * Math.pow(factor, retry - 1.0);
      return Optional.of(
          millis >= Times.millis(maxDelay) ? maxDelay : Duration.ofMillis((long) millis));
    }
  }

  private static void check(Duration delay, int maxRetries) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay " + delay + " is negative");
    }
    if (maxRetries < 0) {
      throw new IllegalArgumentException("maxRetries " + maxRetries + " is negative");
    }
  }
}
