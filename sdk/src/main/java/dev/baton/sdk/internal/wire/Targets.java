package dev.baton.sdk.internal.wire;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Addresses of the poll channel (protocol section 13). */
public final class Targets {

  private Targets() {}

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
