package dev.baton.server.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShareTest {

  private static final long PORTION = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private long now = Long.MAX_VALUE - MINUTE / 2; // Clocks of this kind pass that point.
  private boolean isServing = true;
  private final Share share = new Share(20, () -> isServing, () -> now);

  private long work(long nanos) {
    now += nanos;
    return share.restNanos(nanos);
  }

  @Test
  void oneThreadTakesItsShare() {
    long begin = now;
    long worked = 0;
    while (now - begin < MINUTE) {
      long rest = work(PORTION);
      worked += PORTION;
      now += rest;
    }
    assertThat((double) worked / (now - begin)).isBetween(0.199, 0.201);
  }

  /** It is collected while everybody waits. */
  @Test
  void garbageCountsAsWorkWhileOthersAreServed() {
    long begin = now;
    long bytes = 0;
    while (now - begin < MINUTE) {
      now += PORTION;
      now += share.restNanos(PORTION, 1_000_000);
      bytes += 1_000_000;
    }
    assertThat(bytes * 1e9 / (now - begin)).as("20 % of 83 MB/s").isBetween(16.5e6, 16.8e6);
    assertThat(share.restNanos(PORTION, 1_000))
        .as("little of it costs nothing")
        .isBetween(3 * PORTION, 5 * PORTION);
    isServing = false;
    assertThat(share.restNanos(PORTION, 1_000_000_000)).isEqualTo(PORTION);
  }

  @Test
  void severalThreadsTakeNoMoreTogether() {
    long begin = now;
    long worked = 0;
    long[] nextAt = {begin, begin, begin};
    while (now - begin < MINUTE) {
      int next = 0;
      for (int i = 1; i < nextAt.length; i++) {
        next = nextAt[i] - nextAt[next] < 0 ? i : next;
      }
      now = nextAt[next] - now > 0 ? nextAt[next] : now;
      nextAt[next] = now + PORTION + work(PORTION);
      worked += PORTION;
    }
    assertThat((double) worked / (now - begin)).isBetween(0.18, 0.201);
  }

  @Test
  void whatIsNewWaitsOnlyAfterALotOfWork() {
    assertThat(share.waitNanos()).isZero();
    work(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(share.waitNanos()).as("80 ms are still to be paid").isZero();
    work(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(share.waitNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
    now += TimeUnit.MILLISECONDS.toNanos(60);
    assertThat(share.waitNanos()).isZero();
  }

  @Test
  void whereNobodyIsServedWorkRestsForAsLongAsItTookAndOwesNothingLater() {
    work(TimeUnit.SECONDS.toNanos(1));
    isServing = false;
    assertThat(share.waitNanos()).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(work(PORTION)).isEqualTo(PORTION);
    }
    isServing = true;
    assertThat(share.waitNanos()).isZero();
    assertThat(work(PORTION)).isEqualTo(4 * PORTION);
  }

  @Test
  void whatWasNotTakenIsNotKept() {
    now += MINUTE;
    assertThat(work(PORTION)).isEqualTo(4 * PORTION);
    assertThat(work(PORTION)).as("at once, without the rest").isEqualTo(8 * PORTION);
  }
}
