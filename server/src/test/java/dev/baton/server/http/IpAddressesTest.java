package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Hosts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressesTest {

  @ParameterizedTest
  @CsvSource({
    "0:0:0:0:0:0:0:1, ::1",
    "::1, ::1",
    "[::1], ::1",
    "0000:0000:0000:0000:0000:0000:0000:0001, ::1",
    "::, ::",
    "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8:0:0:0:0:2:0001, 2001:db8::2:1",
    "fd00:10:244:0:0:0:0:a, fd00:10:244::a",
    "fe80:0:0:0:1:2:3:4%eth0, fe80::1:2:3:4",
    "fe80::1%3, fe80::1",
    "::ffff:10.0.0.7, 10.0.0.7",
    "::FFFF:0A00:0007, 10.0.0.7",
    "10.0.0.7, 10.0.0.7"
  })
  void everyNotationOfAnAddressIsOne(String text, String canonical) {
    assertThat(IpAddresses.canonical(text)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "w1", "localhost", "1.2.3.4.5", "::1::", "10.0.0.7:80", "[::1]:80"})
  void whatIsNoAddressIsNone(String text) {
    assertThat(IpAddresses.canonical(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"::1, [::1]", "[::1], [::1]", "10.0.0.7, 10.0.0.7", "localhost, localhost"})
  void urlsHaveBracketsAroundIpv6(String host, String inUrl) {
    assertThat(Hosts.inUrl(host)).isEqualTo(inUrl);
    assertThat(Hosts.withoutBrackets(inUrl))
        .isEqualTo(Hosts.withoutBrackets(host))
        .doesNotContain("[");
  }
}
