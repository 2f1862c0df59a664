package dev.baton.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainTimeTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          30s, PT30S, 35
          1m30s, PT1M30S, 95
          2h, PT2H, 7205
          500ms, PT0.5S, 6
          1s1ms, PT1.001S, 7
          0s, PT0S, 5
          999999999h, PT24H, 86405
          """)
  void aDurationIsReadAndTheGracePeriodCoversIt(String text, Duration duration, long grace) {
    assertThat(DrainTime.parse(text)).isEqualTo(duration);
    assertThat(DrainTime.gracePeriodSeconds(duration)).isEqualTo(grace);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ,
          ''
          30
          s
          -1s
          1d
          "30s x"
          1.5s
          """)
  void whatTheCrdRefusesIsTheDefault(@Nullable String text) {
    assertThat(DrainTime.parse(text)).isEqualTo(Duration.ofSeconds(30));
  }
}
