package dev.baton.bench.load;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * The server under load, or several that are to be alike.
 *
 * @param address where to connect; of several the first
 * @param host for the {@code Host} header
 * @param addresses of all of them
 */
public record Target(InetSocketAddress address, String host, List<InetSocketAddress> addresses) {

  public Target {
    addresses = List.copyOf(addresses);
  }

  private Target(InetSocketAddress address, String host) {
    this(address, host, List.of(address));
  }

  /** Several, of which each request and each stream takes any. */
  public static Target anyOf(List<Target> targets) {
    Target first = targets.getFirst();
    return new Target(first.address, first.host, targets.stream().map(Target::address).toList());
  }

  /** Reads {@code http://host:port}. */
  public static Target of(URI url) {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException("url must be http://host:port, not " + url);
    }
    int port = url.getPort() < 0 ? 80 : url.getPort();
    return new Target(new InetSocketAddress(url.getHost(), port), url.getHost() + ":" + port);
  }

  /** A server on this machine. */
  public static Target local(int port) {
    return new Target(new InetSocketAddress("127.0.0.1", port), "127.0.0.1:" + port);
  }
}
