package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleTest {

  @ParameterizedTest
  @CsvSource({
    "zürich, UTF-8, false",
    "z\uFFFD\uFFFDrich, UTF-8, false",
    "z\uFFFD\uFFFDrich, ANSI_X3.4-1968, true",
    "z\uFFFDrich, ISO-8859-1, true",
    "zurich, ANSI_X3.4-1968, false",
    "z\uFFFDrich, no-such-encoding, false"
  })
  void whatTheLocaleCannotReadIsNoticed(String argument, String encoding, boolean isGarbled) {
    assertThat(Console.isGarbled(new String[] {"get", argument}, encoding)).isEqualTo(isGarbled);
  }
}
