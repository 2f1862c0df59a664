package dev.baton.sdk.internal.work;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The ids of promises: {@code <parent>.<n>}, n from 1 in the order of the function's steps. The
 * pause before a function's k-th retry is {@code <id>.r<k>}, and so begin the ids of the steps that
 * the function makes then. What has a name of its own does not move when the code does: {@code
 * <id>.p-<name>} is a promise for others to settle, {@code <parent>.v-<name>} the version of a
 * change.
 */
public final class Ids {

  /**
   * What follows a call's id in the id of a step, a retry, a detached call, a promise or version by
   * name.
   */
  private static final Pattern STEP =
      Pattern.compile("\\.(\\d+|r\\d+|d[0-9a-f]{16}|p-.*|v-.*)(\\.|$)");

  /** The tag that has the name of a promise that a function has made by one. */
  static final String NAME_TAG = "baton:promise";

  private Ids() {}

  static String child(String parent, int number) {
    return parent + "." + number;
  }

  /**
   * The pause before a function's retry of that number, and what the ids of its steps begin with.
   */
  static String retry(String id, int number) {
    return id + ".r" + number;
  }

  /** A promise by its name. */
  public static String promise(String id, String name) {
    return id + ".p-" + name;
  }

  /** The version of a change by its name. */
  static String version(String parent, String change) {
    return parent + ".v-" + change;
  }

  /**
   * @throws IllegalArgumentException if it cannot be part of an id
   */
  public static String name(String what, String name) {
    if (name.isBlank() || name.chars().anyMatch(c -> c == '.' || c == ':' || c == 0)) {
      throw new IllegalArgumentException(
          "the name of " + what + ", '" + name + "', is blank or contains '.', ':' or U+0000");
    }
    return name;
  }

  /**
   * One step below the origin, so that detached calls that make detached calls keep short ids, and
   * of the same origin, which is as far as a fenced write may reach.
   */
  static String detached(String origin, String child) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(child.getBytes(StandardCharsets.UTF_8));
      return origin + ".d" + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * @throws IllegalArgumentException if no root may have the id
   */
  public static String root(String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("the id is empty");
    }
    if (id.indexOf(':') >= 0 || id.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the id '" + id + "' contains ':' or U+0000; ':' separates an origin from its children");
    }
    if (STEP.matcher(id).find()) {
      throw new IllegalArgumentException(
          "the id '"
              + id
              + "' could be that of another call's step, which is a '.' and a number, or what looks"
              + " like one; use another separator");
    }
    return id;
  }
}
