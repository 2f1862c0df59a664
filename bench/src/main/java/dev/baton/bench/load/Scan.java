package dev.baton.bench.load;

import java.nio.charset.StandardCharsets;

/** Finds the little that the generator needs in an answer, without parsing the rest. */
public final class Scan {

  private Scan() {}

  /** ASCII bytes of a text. */
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Where a pattern begins, or -1. */
  public static int indexOf(byte[] bytes, int from, int to, byte[] pattern) {
    byte first = pattern[0];
    for (int at = from; at <= to - pattern.length; at++) {
      if (bytes[at] == first && matches(bytes, at, pattern)) {
        return at;
      }
    }
    return -1;
  }

  /** Whether a pattern is anywhere. */
  public static boolean contains(byte[] bytes, int from, int to, byte[] pattern) {
    return indexOf(bytes, from, to, pattern) >= 0;
  }

  private static boolean matches(byte[] bytes, int at, byte[] pattern) {
    for (int i = 1; i < pattern.length; i++) {
      if (bytes[at + i] != pattern[i]) {
        return false;
      }
    }
    return true;
  }

  /** The value of a header in a head, as a number, or -1. */
  static int header(byte[] bytes, int from, int to, byte[] lowerCaseName) {
    int at = headerAt(bytes, from, to, lowerCaseName);
    return at < 0 ? -1 : (int) number(bytes, at, to);
  }

  /** Where a header's value begins, or -1. */
  static int headerAt(byte[] bytes, int from, int to, byte[] lowerCaseName) {
    for (int at = from; at < to - lowerCaseName.length; at++) {
      if (bytes[at] == '\n' && isHeader(bytes, at + 1, lowerCaseName)) {
        return at + 1 + lowerCaseName.length + 1;
      }
    }
    return -1;
  }

  private static boolean isHeader(byte[] bytes, int at, byte[] lowerCaseName) {
    for (int i = 0; i < lowerCaseName.length; i++) {
      if ((bytes[at + i] | 0x20) != lowerCaseName[i]) {
        return false;
      }
    }
    return bytes[at + lowerCaseName.length] == ':';
  }

  /** The decimal number at or after a place, blanks and a colon skipped; -1 if none is there. */
  static long number(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == ' ' || bytes[at] == ':')) {
      at++;
    }
    int start = at;
    long number = 0;
    while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
      number = number * 10 + bytes[at++] - '0';
    }
    return at == start ? -1 : number;
  }

  /** Where the text of a JSON string member begins, or -1. */
  static int textOf(byte[] bytes, int from, int to, byte[] quotedName) {
    int at = indexOf(bytes, from, to, quotedName);
    if (at < 0) {
      return -1;
    }
    at += quotedName.length;
    while (at < to && bytes[at] != '"') {
      at++;
    }
    return at + 1 < to ? at + 1 : -1;
  }

  /** Where a JSON string that has no escapes ends. */
  static int endOfText(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '"') {
      at++;
    }
    return at;
  }
}
