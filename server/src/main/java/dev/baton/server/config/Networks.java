package dev.baton.server.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A set of IP addresses, as networks. What is an IPv4 address in the clothes of an IPv6 address is
 * looked at as both.
 */
public record Networks(List<Network> networks) {

  /** Those that have a name. */
  private static final Map<String, List<String>> NAMED =
      Map.of(
          "none",
          List.of(),
          // Link-local addresses, and where clouds answer to their machines beside those.
          "metadata",
          List.of(
              "169.254.0.0/16",
              "fe80::/10",
              "fd00:ec2::/32",
              "fd20:ce::254/128",
              "100.100.100.200/32",
              "168.63.129.16/32",
              "192.0.0.192/32"),
          "loopback",
          List.of("127.0.0.0/8", "::1/128", "0.0.0.0/8", "::/128"),
          "private",
          List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"));

  private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  /** Prefixes of NAT64: the last four bytes are an IPv4 address. */
  private static final List<Network> NAT64 =
      List.of(network("64:ff9b::/96"), network("64:ff9b:1::/48"));

  /** 6to4: the four bytes after the prefix are one. */
  private static final Network SIX_TO_FOUR = network("2002::/16");

  /** All addresses whose first bits are the same. */
  public record Network(InetAddress base, int bits) {

    boolean contains(InetAddress address) {
      byte[] mine = base.getAddress();
      byte[] other = address.getAddress();
      if (mine.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xFF : 0xFF << (8 - (bits - bit)) & 0xFF;
        if (((mine[bit / 8] ^ other[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return base.getHostAddress() + "/" + bits;
    }
  }

  public Networks {
    networks = List.copyOf(networks);
  }

  /**
   * Reads names and networks, such as {@code metadata, 10.0.0.0/8, ::1}; each text may hold
   * several, separated by commas.
   *
   * @throws IllegalArgumentException names the one that is neither
   */
  public static Networks of(List<String> texts) {
    List<Network> networks = new ArrayList<>();
    for (String text : texts) {
      for (String each : text.split(",")) {
        String one = each.strip();
        List<String> named = NAMED.get(one);
        if (named != null) {
          named.forEach(network -> networks.add(network(network)));
        } else if (!one.isEmpty()) {
          networks.add(network(one));
        }
      }
    }
    return new Networks(networks);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (address.indexOf(':') < 0 && !DOTTED.matcher(address).matches()) {
      throw new IllegalArgumentException(text); // Java would take fewer parts for an address, too.
    }
    try {
      InetAddress base = InetAddress.ofLiteral(address);
      int most = base.getAddress().length * 8;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits >= 0 && bits <= most) {
        return new Network(base, bits);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(text);
  }

  public boolean isEmpty() {
    return networks.isEmpty();
  }

  /** Whether the address, or the IPv4 address that it stands for, is among them. */
  public boolean contains(InetAddress address) {
    InetAddress inner = inner(address);
    for (Network network : networks) {
      if (network.contains(address) || (inner != address && network.contains(inner))) {
        return true;
      }
    }
    return false;
  }

  /** The IPv4 address within an IPv6 address, else the address itself. */
  static InetAddress inner(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address;
    }
    byte[] bytes = address.getAddress();
    if (isCompatible(bytes) || NAT64.stream().anyMatch(prefix -> prefix.contains(address))) {
      return fourBytes(bytes, 12);
    }
    return SIX_TO_FOUR.contains(address) ? fourBytes(bytes, 2) : address;
  }

  private static InetAddress fourBytes(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** {@code ::a.b.c.d}, and {@code ::ffff:a.b.c.d} where Java has not made it IPv4 already. */
  private static boolean isCompatible(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    boolean isMapped = bytes[10] == -1 && bytes[11] == -1;
    boolean isPlain = bytes[10] == 0 && bytes[11] == 0;
    boolean isLoopbackOrNone = isPlain && bytes[12] == 0 && bytes[13] == 0 && bytes[14] == 0;
    return isMapped || (isPlain && !isLoopbackOrNone);
  }
}
