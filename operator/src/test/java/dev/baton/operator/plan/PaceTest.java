package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec.PaceSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # workers, percent, current, wanted, now
          4,         -,       10,      30,     14
          4,         50,      10,      30,     15
          4,         10,      10,      30,     14
          4,         -,       10,      12,     12
          -,         100,     0,       9,      1
          -,         10,      3,       9,      4
          2,         -,       10,      1,      8
          -,         50,      10,      1,      5
          2,         -,       10,      10,     10
          """)
  void theLargerStepCounts(
      @Nullable Integer workers, @Nullable Integer percent, int current, int wanted, int next) {
    assertThat(Pace.towards(new PaceSpec(workers, percent, null), current, wanted, null, NOW))
        .isEqualTo(next);
  }

  @Test
  void oneStepInEachPeriod() {
    PaceSpec pace = new PaceSpec(1, null, 30);
    assertThat(Pace.towards(pace, 3, 9, NOW.minusSeconds(29), NOW)).isEqualTo(3);
    assertThat(Pace.towards(pace, 3, 9, NOW.minusSeconds(30), NOW)).isEqualTo(4);
    assertThat(Pace.next(pace, NOW)).isEqualTo(NOW.plusSeconds(30));
    assertThat(Pace.next(pace, null)).isNull();
  }

  @Test
  void withoutAPaceAllAtOnce() {
    assertThat(Pace.towards(null, 3, 90, NOW, NOW)).isEqualTo(90);
  }
}
