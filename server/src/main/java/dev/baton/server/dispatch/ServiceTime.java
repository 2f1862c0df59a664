package dev.baton.server.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * How long a task of a group is held until it ends or waits for others: a mean that follows the
 * latest ones. It counts tasks, not time, so a group at rest keeps what it has learnt.
 */
final class ServiceTime {

  /** After so many tasks half of the mean is theirs, about. */
  private static final int MEMORY = 16;

  private int samples;
  private double meanMs;

  void add(long heldMs) {
    samples = Math.min(samples + 1, MEMORY);
    meanMs += (Math.max(0, heldMs) - meanMs) / samples;
  }

  /** Null while nothing has been measured. */
  @Nullable Double meanSeconds() {
    return samples == 0 ? null : meanMs / 1000;
  }
}
