package dev.baton.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {

  private static Spread.Fate createdAt(long nanos) {
    Spread.Fate fate = new Spread.Fate();
    fate.createdAt = nanos;
    return fate;
  }

  @Test
  void theFourthOfFourTasksWaitsForTheFirstWorkerThatIsFree() {
    List<Spread.Fate> fates = List.of(createdAt(5), createdAt(5), createdAt(5), createdAt(6));
    long[] work = {30, 20, 10, 10};
    assertThat(Spread.perfectMeanWaitNanos(fates, task -> work[task])).isEqualTo(9 / 4.0);
  }

  @Test
  void manyTasksWaitAsQueueingTheorySays() {
    Random random = new Random(1);
    double meanWork = 1e6;
    List<Spread.Fate> fates = new ArrayList<>();
    List<Long> work = new ArrayList<>();
    double now = 0;
    for (int i = 0; i < 400_000; i++) {
      now -= Math.log(1 - random.nextDouble()) * meanWork / 3 / 0.8;
      fates.add(createdAt((long) now));
      work.add((long) (-Math.log(1 - random.nextDouble()) * meanWork));
    }
    // Erlang's C for three servers at a load of 0.8 is 0.6472; the mean wait is that over 3 - 2.4.
    assertThat(Spread.perfectMeanWaitNanos(fates, work::get) / meanWork)
        .isCloseTo(1.0787, within(0.05));
  }
}
