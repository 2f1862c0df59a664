package dev.baton.server.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request is meant for. It says so once, and in one way: a proxy before this server may
 * believe the other (RFC 9112, section 3.2).
 */
final class Host {

  private static final String OTHER_CHARACTERS = "-._~!$&'()*+,;=:@%[]";

  private Host() {}

  /** What is wrong with what a request says of it, or null. */
  static @Nullable String fault(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.isEmpty()) { // HTTP/2 says it elsewhere.
      return request.version() == HttpVersion.HTTP_1_1 ? "the request has no Host header" : null;
    }
    if (hosts.size() > 1) {
      return "the request has more than one Host header";
    }
    String host = hosts.getFirst();
    if (!isSound(host)) {
      return "the Host header is no name of a host";
    }
    String authority = authority(request.uri());
    return authority == null || authority.equalsIgnoreCase(host)
        ? null
        : "the request line and the Host header name two hosts";
  }

  private static boolean isSound(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean isPlain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
      if (!isPlain && OTHER_CHARACTERS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Of a request line that says it: such are meant for a proxy; null in others. */
  private static @Nullable String authority(@Nullable String uri) {
    int scheme = uri == null || uri.startsWith("/") ? -1 : uri.indexOf("://");
    return uri == null || scheme < 0 ? null : uri.substring(scheme + 3).split("[/?#]", 2)[0];
  }
}
