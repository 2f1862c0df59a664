package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8001",
        "https://baton.example/",
        "http://[::1]:8001",
        "http://[fe80::1%25eth0]:8001",
        "http://10.0.0.1",
        " http://localhost:8001\n"
      })
  void aUrlWithAHostIsOne(String text) {
    assertThat(ServerUrl.of(text)).hasToString(text.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://::1:8001             | brackets around the IPv6 address
          ::1                         | brackets around the IPv6 address
          https://fd00::a/            | brackets around the IPv6 address
          localhost:8001              | a URL such as http://localhost:8001, not localhost:8001
          ftp://host                  | a URL such as
          http://                     | a URL such as
          http:///path                | a URL such as
          http://a b                  | a URL such as
          http://host:65536           | a URL with a port of at most 65535, not 65536
          http://host:99999999999     | a URL such as
          http://user:secret@host/    | a URL without user and password
          """)
  void whatIsNoneIsSaidWithWhatItShouldBe(String text, String said) {
    assertThatThrownBy(() -> ServerUrl.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said)
        .message()
        .doesNotContain("secret");
  }
}
