package dev.baton.sdk.internal.wire;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Addresses of the poll channel (protocol section 13). */
public final class Targets {

  /** How the id goes on, after its origin's, of a call that is detached, or of what is below it. */
  private static final Pattern DETACHED = Pattern.compile("\\.d[0-9a-f]{16}(\\..*)?");

  private Targets() {}

  /** The id up to the first separator of either dialect; what the server derives without a tag. */
  public static String originOf(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) == '.' || id.charAt(i) == ':') {
        return id.substring(0, i);
      }
    }
    return id;
  }

  /**
   * @param rest of an id, after its origin's
   */
  static boolean isDetached(String rest) {
    return DETACHED.matcher(rest).matches();
  }

  /** A bare name is a group. */
  public static String of(String target) {
    return target.contains("://") ? target : anyOf(target);
  }

  public static String anyOf(String group) {
    return "poll://any@" + encode(group);
  }

  /** Any of the group, that process first. */
  public static String preferring(String group, String pid) {
    return anyOf(group) + "/" + encode(pid);
  }

  public static String only(String group, String pid) {
    return "poll://uni@" + encode(group) + "/" + encode(pid);
  }

  /** As a segment of a path. */
  public static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
