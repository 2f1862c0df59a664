package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "100ms, 100",
    "30s, 30000",
    "1m30s, 90000",
    "1h, 3600000",
    "1d, 86400000",
    "1d2h3m4s5ms, 93784005",
    "0s, 0",
    "5m5m, 600000"
  })
  void aDurationIsTheSumOfItsParts(String text, long ms) {
    assertThat(Durations.parse(text)).hasMillis(ms);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "h", "1x", "-1s", "1.5h", "1 h", "1H", "1h ", "999999999999999999d"})
  void allElseIsNoDuration(String text) {
    assertThat(Durations.parse(text)).isNull();
  }
}
