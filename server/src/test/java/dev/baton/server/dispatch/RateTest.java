package dev.baton.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RateTest {

  @Test
  void eventsCountForTenSecondsWheneverTheyAreLookedAt() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      Rate rate = new Rate();
      var seconds = new TreeMap<Long, Integer>();
      long now = 1_000_000;
      for (int i = 0; i < 50; i++) {
        now += random.nextInt(random.nextInt(10) == 0 ? 20_000 : 900);
        rate.add(now);
        seconds.merge(now / 1000, 1, Integer::sum);
      }
      Rate.Counts counts = rate.counts();
      for (long later : new long[] {0, 1, 900, 1_000, 5_500, 9_999, 10_000, 50_000}) {
        long at = now + later;
        int expected =
            seconds.tailMap(at / 1000 - 9).values().stream().mapToInt(Integer::intValue).sum();
        assertThat(counts.perSecond(at)).isEqualTo(expected / 10.0);
      }
    }
    assertThat(new Rate().counts().perSecond(5_000)).isZero();
  }
}
