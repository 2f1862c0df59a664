package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

  private static final List<String> NAMES =
      List.of("URL", "GROUP", "SLOTS", "TOKEN", "TOKEN_FILE", "DRAIN_TIMEOUT");

  @ParameterizedTest
  @CsvSource({
    "SLOT, SLOTS",
    "SLOOTS, SLOTS",
    "SLUTS, SLOTS",
    "GRUOP, GROUP",
    "token, TOKEN",
    "TOKENFILE, TOKEN_FILE",
    "TOKEN-FILES, TOKEN_FILE",
    "DRANE_TIMEOUT, DRAIN_TIMEOUT",
    "GRO,",
    "TTL,",
    "TIMEOUT,",
    "PORT,",
  })
  void fewMistakesAreForgiven(String written, @Nullable String meant) {
    assertThat(Spelling.nearest(written, NAMES)).isEqualTo(meant);
  }
}
