package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "foo, foo, true",
    "foo, foo.1, false",
    "foo*, foo, true",
    "foo*, foo.1, true",
    "foo*, fo, false",
    "*, anything, true",
    "*.1, foo.1, true",
    "*.1, foo.1.2, false",
    "a*b*c, abc, true",
    "a*b*c, a.b.b.c, true",
    "a*b*c, acb, false",
    "**, x, true",
    "ab*ba, aba, false",
    "*aab*, aaab, true",
    "*abab*c, abaababc, true",
    "f?o, foo, false"
  })
  void aStarStandsForAnyText(String pattern, String text, boolean isMatch) {
    assertThat(new Glob(pattern).matches(text)).isEqualTo(isMatch);
  }

  @Test
  void aPatternFullOfStarsTakesNoTime() {
    Glob glob = new Glob("a*".repeat(200) + "b");
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThatCode(() -> glob.matches("a".repeat(4_000))).doesNotThrowAnyException());
    assertThat(new Glob("ab*c").prefix()).isEqualTo("ab");
    assertThat(new Glob("abc").prefix()).isEqualTo("abc");
  }

  /** The same as what Java's regular expressions say, whose time is not bounded. */
  @Test
  void itFindsWhatARegularExpressionFinds() {
    Random random = new Random(1);
    int matches = 0;
    for (int i = 0; i < 20_000; i++) {
      String pattern = text(random, "ab**", 8);
      String text = text(random, "ab", 10);
      boolean isMatch = text.matches(pattern.replace("*", ".*"));
      assertThat(new Glob(pattern).matches(text)).as("%s, %s", pattern, text).isEqualTo(isMatch);
      matches += isMatch ? 1 : 0;
    }
    assertThat(matches).isBetween(1_000, 19_000);
  }

  private static String text(Random random, String letters, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  /** As long as the line of a request lets a pattern be, over the longest ids. */
  @Test
  void aPatternThatNearlyMatchesEverywhereTakesNoTime() {
    Glob glob = new Glob("*" + "a".repeat(2_000) + "b*");
    String text = "a".repeat(4_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          for (int i = 0; i < 20_000; i++) {
            assertThat(glob.matches(text)).isFalse();
          }
        });
  }
}
