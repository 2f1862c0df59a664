package dev.baton.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZonedDateTime;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *        | 2026-01-05T07:50:00Z | true
          50 7 * * 1-5     | 2026-01-05T07:50:00Z | true
          50 7 * * 1-5     | 2026-01-04T07:50:00Z | false
          50 7 * * 1-5     | 2026-01-05T07:51:00Z | false
          */15 * * * *     | 2026-01-05T07:45:00Z | true
          */15 * * * *     | 2026-01-05T07:46:00Z | false
          5/20 * * * *     | 2026-01-05T07:25:00Z | true
          0 0 1 * 7        | 2026-01-01T00:00:00Z | true
          0 0 1 * 7        | 2026-01-04T00:00:00Z | true
          0 0 1 * 7        | 2026-01-05T00:00:00Z | false
          0 8,20 * 1,12 *  | 2026-12-05T20:00:00Z | true
          """)
  void aScheduleNamesMinutes(String schedule, String time, boolean matches) {
    Cron cron = Objects.requireNonNull(Cron.parse(schedule));
    assertThat(cron.matches(ZonedDateTime.parse(time))).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *"
      })
  void whatIsNoScheduleIsNone(String text) {
    assertThat(Cron.parse(text)).isNull();
  }
}
