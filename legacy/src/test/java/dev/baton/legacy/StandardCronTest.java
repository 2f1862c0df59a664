package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StandardCronTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 8 * * 0          | 0 8 * * 1
          0 8 * * 7          | 0 8 * * 1
          0 8 * * 1-5        | 0 8 * * 2,3,4,5,6
          0 8 * * 5-7        | 0 8 * * 1,6,7
          0 8 * * 0,3        | 0 8 * * 1,4
          0 8 * * 0-6/2      | 0 8 * * 1,3,5,7
          0 8 * * 2/3        | 0 8 * * 3,6
          0 8 * * */2        | 0 8 * * */2
          0 8 * * MON-FRI    | 0 8 * * MON-FRI
          0 8 1 * *          | 0 8 1 * *
          0 8 1 * ?          | 0 8 1 * ?
          0 8 1 * */1        | 0 8 1 * */1
          0 8 */1 * 1        | 0 8 */1 * 2
          0 8 1 * 0-6        | 0 8 * * *
          0 8 1-31 * MON     | 0 8 * * *
          0 */1 * * *        | 0 */1 * * *
          */5 * * * * *      | */5 * * * * *
          0 0 8 * * 6        | 0 0 8 * * 7
          @annually          | @yearly
          @midnight          | @daily
          @hourly            | @hourly
          TZ=Asia/Tokyo 0 8 * * 1 | TZ=Asia/Tokyo 0 8 * * 2
          """)
  void weekdaysAreNumberedFromOneAndTheRestIsKept(String cron, String translated) {
    assertThat(StandardCron.translate(cron, ZoneOffset.UTC)).isEqualTo(translated);
  }

  @Test
  void aServerInAnotherZoneSaysSo() {
    assertThat(StandardCron.translate("0 8 * * *", ZoneId.of("Europe/Berlin")))
        .isEqualTo("TZ=Europe/Berlin 0 8 * * *");
    assertThat(StandardCron.translate("@daily", ZoneId.of("Europe/Berlin")))
        .isEqualTo("TZ=Europe/Berlin @daily");
    assertThat(StandardCron.translate("TZ=UTC 0 8 * * *", ZoneId.of("Europe/Berlin")))
        .isEqualTo("TZ=UTC 0 8 * * *");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0 8 1 * 1", "0 0 8 1 * MON", "@every 5m", "* * * *", "1 2 3 4 5 6 7", ""})
  void whatCannotBeSaidIsNotTranslated(String cron) {
    String translated = StandardCron.translate(cron, ZoneOffset.UTC);
    assertThat(translated == null || translated.isEmpty()).isTrue();
  }
}
