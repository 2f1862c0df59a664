package dev.baton.server.dispatch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long the latest tasks of a group waited for a worker. Like {@link ServiceTime} it counts
 * tasks, not time.
 */
final class Waits {

  private static final int MEMORY = 64;
  private static final double PART = 0.95;

  private int @Nullable [] ms;
  private int samples;
  private int next;

  void add(long waitedMs) {
    int[] latest = ms;
    if (latest == null) {
      latest = new int[MEMORY];
      ms = latest;
    }
    latest[next] = Math.clamp(waitedMs, 0, Integer.MAX_VALUE);
    next = (next + 1) % MEMORY;
    samples = Math.min(samples + 1, MEMORY);
  }

  /** All but five of a hundred have waited no longer; null while nothing has been measured. */
  @Nullable Double p95Seconds() {
    if (ms == null) {
      return null;
    }
    int[] sorted = Arrays.copyOf(ms, samples);
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(PART * samples) - 1] / 1000.0;
  }
}
