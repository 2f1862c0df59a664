package dev.baton.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.16.0.0/12, 10.31.255.255, true",
    "10.16.0.0/12, 10.32.0.0, false",
    "1.2.3.4, 1.2.3.4, true",
    "1.2.3.4, 1.2.3.5, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "fe80::/10, febf::1, true",
    "fe80::/10, fec0::1, false",
    "fd00:ec2::254, fd00:ec2::254, true",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "10.0.0.0/8, ::10.1.2.3, true",
    "10.0.0.0/8, 64:ff9b::a01:203, true",
    "10.0.0.0/8, 64:ff9b::b01:203, false",
    "10.0.0.0/8, 64:ff9b:1::a01:203, true",
    "10.0.0.0/8, 2002:a01:203::1, true",
    "10.0.0.0/8, 2002:b01:203::a01:203, false",
    "0.0.0.0/8, ::1, false"
  })
  void anAddressIsInANetwork(String network, String address, boolean isIn) {
    assertThat(Networks.of(List.of(network)).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(isIn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.170.2",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "fe80::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "168.63.129.16",
        "100.100.100.200"
      })
  void cloudsAnswerTheirMachinesHere(String address) {
    assertThat(Networks.of(List.of("metadata")).contains(InetAddress.ofLiteral(address))).isTrue();
  }

  @Test
  void namesAndNetworksMayBeMixed() {
    Networks networks = Networks.of(List.of("loopback, 10.0.0.0/8", "private"));
    assertThat(List.of("127.0.0.1", "::1", "10.1.1.1", "192.168.1.1", "fd12::1"))
        .allMatch(address -> networks.contains(InetAddress.ofLiteral(address)));
    assertThat(networks.contains(InetAddress.ofLiteral("8.8.8.8"))).isFalse();
    assertThat(Networks.of(List.of("none")).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0/8",
        "10",
        "10.0.0.0/-1",
        "10.0.0/x",
        "example.org",
        "::1/129",
        "/8"
      })
  void whatIsNoNetworkIsNamed(String text) {
    assertThatThrownBy(() -> Networks.of(List.of("loopback", text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text);
  }
}
