package dev.baton.protocol;

import java.net.URI;

/** Where a server is. */
public final class ServerUrl {

  private static final int MAX_PORT = 65_535;

  private ServerUrl() {}

  /**
   * The URL that a text means.
   *
   * @throws IllegalArgumentException if it is none with a host; the message goes on after "must be"
   */
  public static URI of(String text) {
    URI url;
    try {
      url = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      throw refuse(text);
    }
    check(url);
    return url;
  }

  /**
   * Checks what is a URL already.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public static void check(URI url) {
    boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isHttp || url.getHost() == null) {
      throw refuse(url.toString());
    }
    if (url.getPort() > MAX_PORT) {
      throw new IllegalArgumentException(
          "a URL with a port of at most " + MAX_PORT + ", not " + url.getPort());
    }
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("a URL without user and password; a token is given apart");
    }
  }

  private static IllegalArgumentException refuse(String text) {
    String authority = text.replaceFirst("^[a-z]+://", "");
    boolean isBareIpv6 = authority.indexOf(':') != authority.lastIndexOf(':');
    return new IllegalArgumentException(
        isBareIpv6 && !authority.startsWith("[")
            ? "a URL with brackets around the IPv6 address, such as http://[::1]:8001, not " + text
            : "a URL such as http://localhost:8001, not " + text);
  }
}
