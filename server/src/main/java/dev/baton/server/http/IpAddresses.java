package dev.baton.server.http;

import dev.baton.server.config.Hosts;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** IP addresses in one notation, that of RFC 5952, which is also how Kubernetes writes them. */
public final class IpAddresses {

  private IpAddresses() {}

  /**
   * The address that a text in any notation means, without the zone of a link-local one; null if it
   * is none. What is IPv4 within IPv6 is IPv4.
   */
  public static @Nullable String canonical(String text) {
    String literal = Hosts.withoutBrackets(text);
    int zone = literal.indexOf('%');
    try {
      return NetUtil.toAddressString(
          InetAddress.ofLiteral(zone < 0 ? literal : literal.substring(0, zone)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether a text means this machine, in any notation. */
  static boolean isLoopback(String text) {
    String canonical = canonical(text);
    return canonical != null && InetAddress.ofLiteral(canonical).isLoopbackAddress();
  }
}
