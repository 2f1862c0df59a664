package dev.baton.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientNetworkTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
    "2001:db8:1:2::, 2001:db8:1:2::/64",
    "[2001:db8:1:2::9], 2001:db8:1:2::/64",
    "2001:db8:1:3::9, 2001:db8:1:3::/64",
    "fe80:0:0:0:0:0:0:1%eth0, fe80::/64",
    "::1, ::/64",
    "::ffff:192.0.2.7, 192.0.2.7",
    "64:ff9b::c000:207, 192.0.2.7",
    "2002:c000:207:1:2:3:4:5, 192.0.2.7",
    "no address: at all, no address: at all",
    "'', ''",
  })
  void ofAnAddress(String address, String network) {
    assertThat(ClientNetwork.of(address)).isEqualTo(network);
  }

  @Test
  void ipv4WithinIpv6IsItselfAlsoWhereJavaHasLeftItSo() throws UnknownHostException {
    byte[] bytes = new byte[16];
    bytes[10] = bytes[11] = -1;
    bytes[12] = (byte) 192;
    bytes[14] = 2;
    bytes[15] = 7;
    InetAddress mapped = Inet6Address.getByAddress(null, bytes, -1);
    assertThat(mapped).isInstanceOf(Inet6Address.class);
    assertThat(ClientNetwork.of(mapped)).isEqualTo("192.0.2.7");
  }
}
