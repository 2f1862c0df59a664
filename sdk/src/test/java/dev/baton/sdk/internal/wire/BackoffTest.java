package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void pausesDoubleWithJitterUpToTheLongest() {
    var backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(1));
    for (long step : new long[] {100, 200, 400, 800, 1000, 1000}) {
      assertThat(backoff.next().toMillis()).isBetween(step / 2, step);
    }
    backoff.reset();
    assertThat(backoff.next().toMillis()).isBetween(50L, 100L);
  }

  @Test
  void jitterSpreadsThosePausesOfManyWorkers() {
    var random = new Random(1);
    long different =
        IntStream.range(0, 100)
            .mapToObj(
                i -> new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), random).next())
            .distinct()
            .count();
    assertThat(different).isGreaterThan(20);
  }
}
