package dev.baton.server.dispatch;

import java.util.Arrays;

/** Events per second over the last ten seconds, in one-second buckets. */
final class Rate {

  private static final int SECONDS = 10;

  private final int[] counts = new int[SECONDS];
  private long second = -1;

  void add(long nowMs) {
    advance(nowMs / 1000);
    counts[(int) Math.floorMod(second, (long) SECONDS)]++;
  }

  /** What has been counted so far. */
  Counts counts() {
    return new Counts(counts.clone(), second);
  }

  /** Events as they were counted up to a second; those of later ones are not in it. */
  record Counts(int[] counts, long second) {

    double perSecond(long nowMs) {
      long first = Math.max(nowMs / 1000, second) - SECONDS + 1;
      int sum = 0;
      for (long each = Math.max(first, second - SECONDS + 1); each <= second; each++) {
        sum += counts[(int) Math.floorMod(each, (long) SECONDS)];
      }
      return (double) sum / SECONDS;
    }
  }

  /** Begins anew. */
  void reset() {
    Arrays.fill(counts, 0);
    second = -1;
  }

  private void advance(long to) {
    if (second < 0) {
      second = to;
    }
    for (long steps = Math.min(to - second, SECONDS); steps > 0; steps--) {
      second = to - steps + 1;
      counts[(int) Math.floorMod(second, (long) SECONDS)] = 0;
    }
    second = Math.max(second, to);
  }
}
