package dev.baton.sdk.internal.wire;

import dev.baton.protocol.ServerUrl;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the server is. Hosts may have underscores in their names, as the services of Docker Compose
 * do: {@link URI} takes those for no host at all, and the HTTP client with it, so such a name is
 * resolved here, for each request, and travels in the {@code Host} header.
 */
public final class Endpoint {

  private static final Pattern AUTHORITY = Pattern.compile("([A-Za-z0-9._-]+)(:(\\d{1,5}))?");
  private static final String ALLOWED = "jdk.httpclient.allowRestrictedHeaders";

  private final String base;
  private final @Nullable Matcher odd;

  /** For a URL that {@link #check} has accepted. */
  public Endpoint(URI url) {
    String text = url.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    this.odd = url.getHost() == null ? odd(url) : null;
    if (odd != null) {
      allowHostHeader();
    }
  }

  /**
   * @throws IllegalArgumentException if no requests can be sent to that URL; the message goes on
   *     after "must be"
   */
  public static void check(URI url) {
    boolean isOdd = "http".equals(url.getScheme()) && url.getHost() == null && odd(url) != null;
    if (!isOdd) {
      ServerUrl.check(url);
    }
  }

  private static @Nullable Matcher odd(URI url) {
    String authority = url.getRawAuthority();
    var matcher = authority == null ? null : AUTHORITY.matcher(authority);
    return matcher != null && matcher.matches() ? matcher : null;
  }

  /**
   * A request to that path below the URL.
   *
   * @throws IOException if the host's name is unknown
   */
  HttpRequest.Builder request(String path) throws IOException {
    if (odd == null) {
      return HttpRequest.newBuilder(URI.create(base + path));
    }
    var address = InetAddress.getByName(odd.group(1));
    String literal = address.getHostAddress();
    String host = address instanceof Inet6Address ? "[" + literal + "]" : literal;
    String port = odd.group(2) == null ? "" : odd.group(2);
    String below = base.substring("http://".length() + odd.group().length());
    var request = HttpRequest.newBuilder(URI.create("http://" + host + port + below + path));
    try {
      request.header("Host", odd.group());
    } catch (IllegalArgumentException e) {
      // Somebody has used the client before and did not allow it: the address has to do.
    }
    return request;
  }

  /** Is read by the HTTP client once, when it is first used. */
  private static synchronized void allowHostHeader() {
    String before = System.getProperty(ALLOWED);
    if (before == null) {
      System.setProperty(ALLOWED, "host");
    } else if (!("," + before + ",").contains(",host,")) {
      System.setProperty(ALLOWED, before + ",host");
    }
  }
}
