package dev.baton.server.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a request line says. What is decoded here has no {@link #fault}. */
public final class Path {

  private Path() {}

  /**
   * Why path or query cannot be decoded, or null if they can. The protocol's own endpoint, which
   * ignores the query, is not looked at.
   */
  static @Nullable String fault(HttpServerRequest request) {
    String path = request.path();
    if ("/".equals(path)) {
      return null;
    }
    String fault = path == null ? null : fault("path", path);
    return fault != null || request.query() == null ? fault : fault("query", request.query());
  }

  private static @Nullable String fault(String part, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~') {
        return "the %s holds a character that must be percent-encoded, at %d".formatted(part, i);
      }
      if (c == '%' && !isEscape(text, i)) {
        return "the %s holds a %% that is not followed by two hexadecimal digits, at %d"
            .formatted(part, i);
      }
    }
    return text.indexOf('%') < 0 || isText(text)
        ? null
        : "what is percent-encoded in the " + part + " is not UTF-8";
  }

  private static boolean isEscape(String text, int at) {
    return at + 2 < text.length()
        && Character.digit(text.charAt(at + 1), 16) >= 0
        && Character.digit(text.charAt(at + 2), 16) >= 0;
  }

  private static boolean isText(String ascii) {
    ByteBuffer bytes = ByteBuffer.allocate(ascii.length());
    for (int i = 0; i < ascii.length(); i++) {
      if (ascii.charAt(i) == '%') {
        bytes.put((byte) Integer.parseInt(ascii, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.put((byte) ascii.charAt(i));
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** The path's segments, percent-decoded one by one; null if it is none that begins at a root. */
  public static @Nullable List<String> segments(@Nullable String path) {
    if (path == null || !path.startsWith("/")) {
      return null;
    }
    List<String> segments = new ArrayList<>(4);
    for (int from = 1; from <= path.length(); ) {
      int to = path.indexOf('/', from);
      to = to < 0 ? path.length() : to;
      segments.add(
          QueryStringDecoder.decodeComponent(path.substring(from, to).replace("+", "%2B")));
      from = to + 1;
    }
    return segments;
  }

  /**
   * What follows the first segment and its slash, percent-decoded as a whole; null if there is not
   * even a slash.
   */
  public static @Nullable String afterFirst(@Nullable String path) {
    int slash = path == null ? -1 : path.indexOf('/', 1);
    return path == null || slash < 0
        ? null
        : QueryStringDecoder.decodeComponent(path.substring(slash + 1).replace("+", "%2B"));
  }

  /** The longest name of a group or a worker in a path. */
  static final int MOST_NAME = 4_096;

  /** Whether the text can be the name of something: stores cannot keep null bytes. */
  public static boolean isName(String text) {
    return !text.isEmpty() && text.length() <= MOST_NAME && text.indexOf('\0') < 0;
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
