package dev.baton.server.push;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a message is posted to.
 *
 * @param host a name, or an address, that of IPv6 in brackets
 * @param path with the query
 */
record Target(boolean isSecure, String host, int port, String path) {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** Of an absolute URL; null if it is none. */
  static @Nullable Target of(String url) {
    int colon = url.indexOf("://");
    if (colon < 0) {
      return null;
    }
    boolean isSecure =
        switch (url.substring(0, colon).toLowerCase(Locale.ROOT)) {
          case "http" -> false;
          case "https" -> true;
          default -> throw new IllegalArgumentException("neither http nor https");
        };
    int start = colon + 3;
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String authority = url.substring(start, end);
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    int bracket = hostAndPort.lastIndexOf(']');
    int portAt = hostAndPort.indexOf(':', Math.max(bracket, 0));
    String host = portAt < 0 ? hostAndPort : hostAndPort.substring(0, portAt);
    String port = portAt < 0 ? "" : hostAndPort.substring(portAt + 1);
    if (host.isEmpty()) {
      return null;
    }
    try {
      int number = port.isEmpty() ? (isSecure ? HTTPS : HTTP) : Integer.parseInt(port);
      return new Target(isSecure, host.toLowerCase(Locale.ROOT), number, path(url, end));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String path(String url, int start) {
    int fragment = url.indexOf('#', start);
    String rest = fragment < 0 ? url.substring(start) : url.substring(start, fragment);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  /**
   * Where a redirection leads; null if it leads away from the host, or nowhere. From http it may
   * lead to https of the same name.
   */
  @Nullable Target redirected(String location) {
    Target next;
    if (location.startsWith("//")) {
      next = ofOrNull((isSecure ? "https:" : "http:") + location);
    } else if (location.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      next = ofOrNull(location);
    } else {
      next = new Target(isSecure, host, port, relative(location));
    }
    if (next == null || !next.host.equals(host)) {
      return null;
    }
    boolean isSamePlace = next.isSecure == isSecure && next.port == port;
    boolean isUpgrade = !isSecure && next.isSecure;
    return isSamePlace || isUpgrade ? next : null;
  }

  private static @Nullable Target ofOrNull(String url) {
    try {
      return of(url);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private String relative(String location) {
    int fragment = location.indexOf('#');
    String to = fragment < 0 ? location : location.substring(0, fragment);
    int query = path.indexOf('?');
    String plain = query < 0 ? path : path.substring(0, query);
    if (to.startsWith("/")) {
      return to;
    }
    return to.isEmpty() || to.startsWith("?")
        ? plain + to
        : plain.substring(0, plain.lastIndexOf('/') + 1) + to;
  }

  /** The host as it is looked up. */
  String name() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** What shares a bound with others: the host and its port. */
  String place() {
    return host + ":" + port;
  }
}
