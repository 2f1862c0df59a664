package dev.baton.server.storage.postgres;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the owner still beats, as who waits sees it: a beat is stale when no other has come for
 * so long by a clock that nobody sets. What the database's clock says counts only for a beat that
 * is seen for the first time, and for less than all: it may have been set since. For one thread.
 */
final class Pulse {

  private final long staleMs;
  private final long mostCreditMs;
  private boolean isKnown;
  private @Nullable String beat;
  private long sinceNanos;

  /**
   * @param staleMs how long no beat may come
   * @param mostCreditMs how much of that a beat may have on it when it is first seen
   */
  Pulse(long staleMs, long mostCreditMs) {
    this.staleMs = staleMs;
    this.mostCreditMs = mostCreditMs;
  }

  /**
   * A look at the last beat; answers whether it is stale.
   *
   * @param seen what tells it from others; null if there never was one
   * @param ageMs how old it is by the database's clock
   */
  boolean isStale(@Nullable String seen, long ageMs, long nowNanos) {
    if (!isKnown || !Objects.equals(beat, seen)) {
      long credit = isKnown ? 0 : Math.clamp(ageMs, 0, mostCreditMs);
      sinceNanos = nowNanos - TimeUnit.MILLISECONDS.toNanos(credit);
      beat = seen;
      isKnown = true;
    }
    return TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos) > staleMs;
  }

  /** That much of the time since the last beat does not count; nothing if it is negative. */
  void stoodStill(long nanos) {
    sinceNanos += Math.max(0, nanos);
  }

  /** Nothing is known: the looks were interrupted, or this server was the owner itself. */
  void forget() {
    isKnown = false;
  }
}
