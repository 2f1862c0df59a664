package dev.baton.server.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What counts as one client where addresses have a share or take turns. Whoever has an IPv6 address
 * usually has all 2^64 of its network, so there the network counts. An IPv4 address counts by
 * itself, also where it is written as IPv6.
 */
public final class ClientNetwork {

  private static final int BYTES = 8;

  private ClientNetwork() {}

  /** The network of an address; a text that is none is its own. */
  public static String of(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    String literal = Hosts.withoutBrackets(address);
    int zone = literal.indexOf('%');
    try {
      return of(InetAddress.ofLiteral(zone < 0 ? literal : literal.substring(0, zone)));
    } catch (IllegalArgumentException e) {
      return address;
    }
  }

  /** The network of an address. */
  public static String of(InetAddress address) {
    InetAddress own = Networks.inner(address);
    byte[] bytes = own.getAddress();
    if (bytes.length <= BYTES) {
      return own.getHostAddress();
    }
    Arrays.fill(bytes, BYTES, bytes.length, (byte) 0);
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(bytes)) + "/" + BYTES * 8;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an address", e);
    }
  }
}
