package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
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
}
