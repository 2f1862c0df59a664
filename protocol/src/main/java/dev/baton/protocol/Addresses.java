package dev.baton.protocol;

import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address grammar (protocol section 13). Group and id of a poll address are decoded, so that
 * they can be compared with the decoded path of a connection, whatever characters they hold.
 */
public final class Addresses {

  private static final int MAX_PORT = 65_535;

  private Addresses() {}

  /** The address, or null if the text is none. Only syntax is looked at. None holds NUL. */
  public static @Nullable Address parse(String text) {
    if (text.indexOf('\0') >= 0) {
      return null;
    }
    var url = trim(text);
    int colon = url.indexOf(':');
    if (colon < 0) {
      return null;
    }
    var rest = url.substring(colon + 1);
    return switch (url.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "poll" -> rest.startsWith("//") ? poll(rest.substring(2)) : null;
      case "http", "https" -> rest.startsWith("//") ? http(url, rest.substring(2)) : null;
      case "gcps" -> rest.startsWith("//") ? pubSub(url, rest.substring(2)) : null;
      case "bash" -> new Address.Undelivered(url);
      default -> null;
    };
  }

  private static @Nullable Address poll(String rest) {
    int end = authorityEnd(rest);
    int at = rest.lastIndexOf('@', end - 1);
    if (at < 0) {
      return null;
    }
    var user = rest.substring(0, at);
    int password = user.indexOf(':');
    var cast = password < 0 ? user : user.substring(0, password);
    var host = host(rest.substring(at + 1, end));
    if (host == null || host.isEmpty() || !isOpaqueHost(host)) {
      return null;
    }
    var group = decode(host);
    var id = decode(path(rest, end));
    if (group.indexOf('\0') >= 0 || id.indexOf('\0') >= 0) {
      return null;
    }
    return switch (cast) {
      case "any" -> new Address.Any(group, id);
      case "uni" -> new Address.Uni(group, id);
      default -> null;
    };
  }

  private static @Nullable Address http(String url, String rest) {
    int end = authorityEnd(rest);
    int start = rest.lastIndexOf('@', end - 1) + 1;
    var host = host(rest.substring(start, end));
    if (host == null) {
      return null;
    }
    var domain = host.startsWith("[") ? addressLiteral(host) : domain(host);
    if (domain == null) {
      return null;
    }
    int offset = url.length() - rest.length() + start;
    return new Address.Http(
        encode(url.substring(0, offset) + domain + url.substring(offset + host.length())));
  }

  private static @Nullable Address pubSub(String url, String rest) {
    int end = authorityEnd(rest);
    var project = host(rest.substring(0, end));
    return project != null
            && !project.isEmpty()
            && isOpaqueHost(project)
            && !path(rest, end).isEmpty()
        ? new Address.Undelivered(url)
        : null;
  }

  /** Where the part before path, query and fragment ends. */
  private static int authorityEnd(String rest) {
    for (int i = 0; i < rest.length(); i++) {
      switch (rest.charAt(i)) {
        case '/', '?', '#' -> {
          return i;
        }
        default -> {}
      }
    }
    return rest.length();
  }

  /** What follows the slash after the authority, up to query or fragment. */
  private static String path(String rest, int authorityEnd) {
    if (authorityEnd == rest.length() || rest.charAt(authorityEnd) != '/') {
      return "";
    }
    int end = authorityEnd + 1;
    while (end < rest.length() && rest.charAt(end) != '?' && rest.charAt(end) != '#') {
      end++;
    }
    return rest.substring(authorityEnd + 1, end);
  }

  /** A host without its port, or null if the port is none. */
  private static @Nullable String host(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    if (colon < 0 || hostAndPort.endsWith("]")) {
      return hostAndPort;
    }
    int port = 0;
    for (int i = colon + 1; i < hostAndPort.length(); i++) {
      int digit = hostAndPort.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      port = port * 10 + digit;
      if (port > MAX_PORT) {
        return null;
      }
    }
    return hostAndPort.substring(0, colon);
  }

  private static boolean isOpaqueHost(String host) {
    for (int i = 0; i < host.length(); i++) {
      if (isForbiddenInHost(host.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isForbiddenInHost(char c) {
    return c < ' ' || c == 0x7F || " #/:<>?@[\\]^|".indexOf(c) >= 0;
  }

  /** A host name in ASCII, or null if it is none. */
  private static @Nullable String domain(String host) {
    if (host.isEmpty() || !isOpaqueHost(host) || host.indexOf('%') >= 0) {
      return null;
    }
    if (isAscii(host)) {
      return host;
    }
    try {
      return IDN.toASCII(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String addressLiteral(String host) {
    if (!host.endsWith("]") || host.indexOf(':') < 0) {
      return null;
    }
    for (int i = 1; i < host.length() - 1; i++) {
      var c = host.charAt(i);
      if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
        return null;
      }
    }
    return host;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** Without blanks around it, and without line ends and tabs anywhere. */
  private static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && text.charAt(start) <= ' ') {
      start++;
    }
    while (end > start && text.charAt(end - 1) <= ' ') {
      end--;
    }
    var trimmed = text.substring(start, end);
    return trimmed.indexOf('\n') < 0 && trimmed.indexOf('\r') < 0 && trimmed.indexOf('\t') < 0
        ? trimmed
        : trimmed.replace("\n", "").replace("\r", "").replace("\t", "");
  }

  /** Replaces percent signs with two hexadecimal digits by what they stand for, if that is text. */
  static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(bytes[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(decoded.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      return text;
    }
  }

  /** Replaces what a URL cannot hold, so that an HTTP client takes it. */
  private static String encode(String url) {
    StringBuilder encoded = null;
    for (int i = 0; i < url.length(); ) {
      int c = url.codePointAt(i);
      int length = Character.charCount(c);
      boolean allowed = c > ' ' && c < 0x7F && "\"<>\\^`{|}".indexOf(c) < 0;
      if (!allowed && encoded == null) {
        encoded = new StringBuilder(url.length() + 16).append(url, 0, i);
      }
      if (encoded != null) {
        if (allowed) {
          encoded.append((char) c);
        } else {
          for (byte b : url.substring(i, i + length).getBytes(StandardCharsets.UTF_8)) {
            encoded.append('%');
            encoded.append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xF, 16)));
            encoded.append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
          }
        }
      }
      i += length;
    }
    return encoded == null ? url : encoded.toString();
  }
}
