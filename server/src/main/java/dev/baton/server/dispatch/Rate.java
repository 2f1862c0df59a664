package dev.baton.server.dispatch;

/** Events per second over the last ten seconds, in one-second buckets. */
final class Rate {

  private static final int SECONDS = 10;

  private final int[] counts = new int[SECONDS];
  private long second = -1;

  void add(long nowMs) {
    advance(nowMs / 1000);
    counts[(int) Math.floorMod(second, (long) SECONDS)]++;
  }

  double perSecond(long nowMs) {
    advance(nowMs / 1000);
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return (double) sum / SECONDS;
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
