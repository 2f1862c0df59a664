package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {

  @ParameterizedTest
  @ValueSource(strings = {"aa.bb.cc", "aa.bb.cc\n", "\t aa.bb.cc\r\n", "aa.bb.cc\u2028"})
  void whatFilesLeaveAroundItGoes(String text) {
    assertThat(BearerToken.of(text)).isEqualTo("aa.bb.cc");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "secret\\ntoken, a line end as character 7",
        "secret\\rtoken, a line end",
        "Bearer secret, a blank as character 7 of 13",
        "secret\\0, a control character",
        "secrét, not ASCII",
        "` \\n `, is blank"
      })
  void whatNoTokenHasIsRefusedWithoutShowingIt(String escaped, String said) {
    String text = escaped.translateEscapes();
    assertThatThrownBy(() -> BearerToken.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said)
        .message()
        .doesNotContain("secret");
  }
}
