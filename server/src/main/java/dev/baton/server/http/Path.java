package dev.baton.server.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a request line says. */
public final class Path {

  private Path() {}

  /** The path's segments, percent-decoded one by one; null if one cannot be decoded. */
  public static @Nullable List<String> segments(@Nullable String path) {
    if (path == null || !path.startsWith("/")) {
      return null;
    }
    List<String> segments = new ArrayList<>(4);
    for (int from = 1; from <= path.length(); ) {
      int to = path.indexOf('/', from);
      to = to < 0 ? path.length() : to;
      try {
        segments.add(
            QueryStringDecoder.decodeComponent(path.substring(from, to).replace("+", "%2B")));
      } catch (IllegalArgumentException e) {
        return null;
      }
      from = to + 1;
    }
    return segments;
  }

  /**
   * What follows the first segment and its slash, percent-decoded as a whole; null if there is not
   * even a slash.
   *
   * @param path one whose {@link #segments} can be decoded
   */
  public static @Nullable String afterFirst(@Nullable String path) {
    int slash = path == null ? -1 : path.indexOf('/', 1);
    return path == null || slash < 0
        ? null
        : QueryStringDecoder.decodeComponent(path.substring(slash + 1).replace("+", "%2B"));
  }

  /** A parameter of the query, or null if it is absent. */
  public static @Nullable String parameter(HttpServerRequest request, String name) {
    return request.query() == null ? null : request.getParam(name);
  }

  /** The text as an integer in a range, or null if it is none. */
  public static @Nullable Integer integer(String text, int least, int most) {
    try {
      int number = Integer.parseInt(text);
      return number < least || number > most ? null : number;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
