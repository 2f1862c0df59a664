package dev.baton.bench.load;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The server under load.
 *
 * @param address where to connect
 * @param host for the {@code Host} header
 */
public record Target(InetSocketAddress address, String host) {

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
