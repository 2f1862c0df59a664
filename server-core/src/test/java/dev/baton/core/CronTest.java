package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Protocol section 10.6. */
class CronTest {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # row | expression            | after                    | next
           1 | * * * * *                | 2024-01-01T00:00:12.345Z | 2024-01-01T00:01:00Z
           2 | * * * * *                | 2024-01-01T00:00:00Z     | 2024-01-01T00:01:00Z
           3 | * * * * *                | 2023-12-31T23:59:59.999Z | 2024-01-01T00:00:00Z
           4 | */5 * * * *              | 2024-01-01T00:00:12Z     | 2024-01-01T00:05:00Z
           5 | 5/15 * * * *             | 2024-01-01T00:00:12Z     | 2024-01-01T00:05:00Z
           6 | 5/15 * * * *             | 2024-01-01T00:50:00Z     | 2024-01-01T01:05:00Z
           7 | 1,2,3 * * * *            | 2024-01-01T00:02:12Z     | 2024-01-01T00:03:00Z
           8 | 30 8-17/2 * * MON-FRI    | 2024-01-01T00:00:00Z     | 2024-01-01T08:30:00Z
           9 | 30 8-17/2 * * MON-FRI    | 2024-01-05T16:30:00Z     | 2024-01-08T08:30:00Z
          10 | 0 0 * * 1                | 2024-01-01T00:00:00Z     | 2024-01-07T00:00:00Z
          11 | 0 0 * * 7                | 2024-01-01T00:00:00Z     | 2024-01-06T00:00:00Z
          12 | 0 0 * * Sunday           | 2024-01-01T00:00:00Z     | 2024-01-07T00:00:00Z
          13 | 0 0 * * wEd              | 2024-01-01T00:00:00Z     | 2024-01-03T00:00:00Z
          14 | 0 0 1-7 * MON            | 2024-01-01T00:00:00Z     | 2024-02-05T00:00:00Z
          15 | 0 0 15 * 2               | 2024-01-01T00:00:00Z     | 2024-01-15T00:00:00Z
          16 | 0 0 ? * MON              | 2024-01-01T00:00:00Z     | 2024-01-08T00:00:00Z
          17 | 0 0 29 2 *               | 2024-02-29T00:00:00Z     | 2028-02-29T00:00:00Z
          18 | 0 0 29 2 *               | 2096-02-29T00:00:00Z     | 2104-02-29T00:00:00Z
          19 | 0 0 29 2 MON             | 2024-01-01T00:00:00Z     | 2044-02-29T00:00:00Z
          20 | 0 0 31 * *               | 2024-02-01T00:00:00Z     | 2024-03-31T00:00:00Z
          21 | 0 0 1 jan,JUL *          | 2024-01-01T00:00:00Z     | 2024-07-01T00:00:00Z
          22 | * * * * * *              | 2024-01-01T00:00:12.345Z | 2024-01-01T00:00:13Z
          23 | */10 * * * * *           | 2024-01-01T00:00:55Z     | 2024-01-01T00:01:00Z
          24 | 15 30 12 * * *           | 2024-01-01T12:30:15Z     | 2024-01-02T12:30:15Z
          25 | 0 0 0 1 1 * 2030         | 2024-01-01T00:00:00Z     | 2030-01-01T00:00:00Z
          26 | 0 0 0 1 1 * 2025,2027    | 2025-01-01T00:00:00Z     | 2027-01-01T00:00:00Z
          27 | 0 0 0 1 1 * 2098/2       | 1970-01-01T00:00:00Z     | 2098-01-01T00:00:00Z
          28 | @hourly                  | 2024-01-01T00:00:12Z     | 2024-01-01T01:00:00Z
          29 | @daily                   | 2024-01-01T00:00:12Z     | 2024-01-02T00:00:00Z
          30 | @weekly                  | 2024-01-01T00:00:12Z     | 2024-01-07T00:00:00Z
          31 | @monthly                 | 2024-01-01T00:00:12Z     | 2024-02-01T00:00:00Z
          32 | @yearly                  | 2024-01-01T00:00:12Z     | 2025-01-01T00:00:00Z
          33 | `  0   0 * *	*  `         | 2024-01-01T00:00:12Z     | 2024-01-02T00:00:00Z
          34 | 0 0 1 1 *                | 1969-12-31T23:59:59.999Z | 1970-01-01T00:00:00Z
          35 | 59 59 23 31 12 *         | 2024-12-31T23:59:58Z     | 2024-12-31T23:59:59Z
          36 | 59 59 23 31 12 *         | 2024-12-31T23:59:59Z     | 2025-12-31T23:59:59Z
          37 | 30 10 5 * * *            | 2024-01-01T05:10:31Z     | 2024-01-02T05:10:30Z
          38 | 30 10,20 5 * * *         | 2024-01-01T05:10:31Z     | 2024-01-01T05:20:30Z
          39 | 30 10 5,6 * * *          | 2024-01-01T05:10:31Z     | 2024-01-01T06:10:30Z
          40 | 0 0 1 1 *                | 2350-06-01T00:00:00Z     | 2351-01-01T00:00:00Z

          # Time zones. Berlin skips 02:00 to 03:00 on 2024-03-31 and repeats it on 2024-10-27.
          50 | TZ=Europe/Berlin 0 9 * * *          | 2024-01-01T08:00:00Z | 2024-01-02T08:00:00Z
          51 | CRON_TZ=Europe/Berlin 0 9 * * *     | 2024-07-01T06:59:59Z | 2024-07-01T07:00:00Z
          52 | TZ=America/New_York 0 0 9 * * * *   | 2024-07-01T00:00:00Z | 2024-07-01T13:00:00Z
          53 | TZ=Europe/Berlin @daily             | 2024-01-01T00:00:00Z | 2024-01-01T23:00:00Z
          54 | TZ=Z 0 9 * * *                      | 2024-01-01T00:00:00Z | 2024-01-01T09:00:00Z
          55 | TZ=Europe/Berlin 30 2 * * *         | 2024-03-30T12:00:00Z | 2024-03-31T01:30:00Z
          56 | TZ=Europe/Berlin 30 2 * * *         | 2024-03-31T01:30:00Z | 2024-04-01T00:30:00Z
          57 | TZ=Europe/Berlin 30 2 * * *         | 2024-10-26T12:00:00Z | 2024-10-27T00:30:00Z
          58 | TZ=Europe/Berlin 30 2 * * *         | 2024-10-27T00:30:00Z | 2024-10-28T01:30:00Z
          59 | TZ=Europe/Berlin 30 2 * * *         | 2024-10-27T01:15:00Z | 2024-10-28T01:30:00Z
          60 | TZ=Europe/Berlin */30 * * * *       | 2024-10-27T00:30:00Z | 2024-10-27T01:00:00Z
          61 | TZ=Europe/Berlin */30 * * * *       | 2024-10-27T01:00:00Z | 2024-10-27T01:30:00Z
          62 | TZ=Europe/Berlin */30 * * * *       | 2024-03-31T00:30:00Z | 2024-03-31T01:00:00Z
          63 | TZ=Europe/Berlin 15 * * * *         | 2024-03-31T00:15:00Z | 2024-03-31T01:15:00Z
          64 | TZ=Asia/Kolkata 0 * * * *           | 2024-01-01T00:00:00Z | 2024-01-01T00:30:00Z
          65 | TZ=Pacific/Apia 0 12 30 12 *        | 2010-12-31T00:00:00Z | 2011-12-30T22:00:00Z
          66 | TZ=Europe/Berlin 0 * 27 10 *        | 2024-10-27T00:00:00Z | 2024-10-27T01:00:00Z
          67 | TZ=Europe/Berlin 15 * 31 3 *        | 2024-03-31T00:15:00Z | 2024-03-31T01:15:00Z
          68 | TZ=Europe/Berlin 0 0 * 1 1 * 2099   | 2024-01-01T00:00:00Z | 2098-12-31T23:00:00Z
          69 | TZ=America/New_York 0 * 29 2 *      | 2024-03-01T05:00:00Z | 2028-02-29T05:00:00Z
          70 | 0 0 0 1 1 * */1                     | 2350-06-01T00:00:00Z | 2351-01-01T00:00:00Z
          71 | 0 0 0 1 1 * 2024,*                  | 2350-06-01T00:00:00Z | 2351-01-01T00:00:00Z
          """)
  void theNextInstantIs(int row, String expression, Instant after, Instant next) {
    assertThat(Instant.ofEpochMilli(next(expression, after.toEpochMilli()))).isEqualTo(next);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "*",
        "nope",
        "* * * *",
        "* * * * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 0 *",
        "* * * 13 *",
        "0 0 * * 0",
        "0 0 * * 8",
        "1-70 * * * *",
        "5-1 * * * *",
        "22-2 * * * *",
        "0 0 * * 7-1",
        "0 0 * * SAT-SUN",
        "*/0 * * * *",
        "*/ * * * *",
        "*/-1 * * * *",
        "/5 * * * *",
        "1- * * * *",
        "-1 * * * *",
        "1,,2 * * * *",
        ",1 * * * *",
        "1, * * * *",
        "+1 * * * *",
        "1.5 * * * *",
        "0 0 L * *",
        "0 0 * * 5L",
        "0 0 * * 1#1",
        "0 0 15W * *",
        "H * * * *",
        "? * * * *",
        "* ? * * *",
        "* * * ? *",
        "0 0 * * monda",
        "0 0 * JANU *",
        "0 0 * MON *",
        "0 0 0 * * * 1969",
        "0 0 0 * * * 2101",
        "99999999999999999999 * * * *",
        "\u0661 * * * *",
        "@annually",
        "@midnight",
        "@every 5m",
        "@reboot",
        "@",
        "TZ=Nowhere/City * * * * *",
        "TZ= * * * * *",
        "TZ=Europe/Berlin",
        "TZ=Europe/Berlin TZ=Europe/Berlin * * * * *",
        "* * * * * TZ=Europe/Berlin",
      })
  void isNoExpression(String expression) {
    assertThat(Cron.parse(expression)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 31 2 *",
        "0 0 30 FEB ?",
        "0 0 0 1 1 * 2023",
        "TZ=Europe/Berlin 0 0 31 2 *",
        "TZ=Europe/Berlin 0 * 31 2 *"
      })
  void whatNeverComesIsNever(String expression) {
    assertThat(next(expression, Instant.parse("2024-01-01T00:00:00Z").toEpochMilli()))
        .isEqualTo(Instants.NEVER);
  }

  @Test
  void theEndsOfTimeAreNoProblem() {
    assertThat(next("* * * * *", Long.MAX_VALUE)).isEqualTo(Instants.NEVER);
    assertThat(next("* * * * *", Long.MAX_VALUE - 60_000)).isEqualTo(Instants.NEVER);
    assertThat(next("* * * * *", Long.MIN_VALUE))
        .isBetween(Long.MIN_VALUE, Long.MIN_VALUE + 60_000);
    assertThat(next("TZ=Europe/Berlin * * * * *", Long.MIN_VALUE)).isNegative();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* * * * *",
        "* */1 * * *",
        "* 0-23 * * *",
        "* 0/1 * * *",
        "* 0-11,12-23 * * *",
        "* 0-23/1 * * *",
        "*/1 0/2,1/2 ? * ?",
        "* 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 * * *"
      })
  void aScheduleThatLeavesTheHourOpenKeepsItsPaceOverAChangeOfTheClock(String expression) {
    for (var day : List.of("2024-03-30T22:00:00Z", "2024-10-26T22:00:00Z")) {
      long at = Instant.parse(day).toEpochMilli();
      for (int minute = 0; minute < 12 * 60; minute++) {
        long next = next("TZ=Europe/Berlin " + expression, at);
        assertThat(next - at).isEqualTo(60_000);
        at = next;
      }
    }
  }

  /** The search leaps over the stretches of time in which nothing comes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Europe/Berlin       | 2011-03-20T00:00:00Z | 0 * * * *
          Europe/Berlin       | 2011-10-20T00:00:00Z | 30 * ? 3,10 SUN
          Africa/Casablanca   | 2011-07-20T00:00:00Z | 7 * 31 * *
          Australia/Lord_Howe | 2011-03-26T00:00:00Z | 45 */1 3 4 ?
          Australia/Lord_Howe | 2011-09-25T00:00:00Z | 15 0-23 * * 1
          Pacific/Apia        | 2011-12-20T00:00:00Z | 0 * 25-31 12 *
          """)
  void anOpenHourFindsWhatAWalkMinuteByMinuteFinds(String zone, Instant from, String expression) {
    var ofTheClock = parsed(expression); // As if the zone's clock were UTC.
    var rules = ZoneId.of(zone).getRules();
    var walked = new ArrayList<Instant>();
    long end = from.plus(Duration.ofDays(15)).toEpochMilli();
    for (long minute = from.toEpochMilli() + 60_000; minute < end; minute += 60_000) {
      var instant = Instant.ofEpochMilli(minute);
      long clock = minute + 1000L * rules.getOffset(instant).getTotalSeconds();
      if (ofTheClock.next(clock - 1000) == clock) {
        walked.add(instant);
      }
    }
    var cron = parsed("TZ=" + zone + " " + expression);
    var found = new ArrayList<Instant>();
    for (long next = cron.next(from.toEpochMilli()); next < end; next = cron.next(next)) {
      found.add(Instant.ofEpochMilli(next));
    }
    assertThat(found).isNotEmpty().isEqualTo(walked);
  }

  @Test
  void whatNeverComesIsFoundOutInAnyZoneWithoutASearchOfEveryStretch() {
    // A search of a century for each change of the clock takes minutes.
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (var zone : ZoneId.getAvailableZoneIds()) {
            for (var expression : List.of("* * 30 2 *", "* * * * * * 1999", "0 0 0 31 4 ? 2099")) {
              assertThat(next("TZ=" + zone + " " + expression, 1_700_000_000_000L))
                  .isEqualTo(Instants.NEVER);
            }
          }
        });
  }

  @Test
  void aDailyScheduleFiresOnceADayAllYear() {
    var occurrences = new ArrayList<Instant>();
    long at = Instant.parse("2023-12-31T23:30:00Z").toEpochMilli();
    long end = Instant.parse("2024-12-31T23:30:00Z").toEpochMilli();
    for (long next = at; next < end; next = next("TZ=Europe/Berlin 30 2 * * *", next)) {
      occurrences.add(Instant.ofEpochMilli(next));
    }
    assertThat(occurrences).hasSize(367).doesNotHaveDuplicates().isSorted();
  }

  private static long next(String expression, long after) {
    return parsed(expression).next(after);
  }

  private static Cron parsed(String expression) {
    var cron = Cron.parse(expression);
    assertThat(cron).as(expression).isNotNull();
    return Objects.requireNonNull(cron);
  }
}
