package dev.baton.legacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A pattern in which a star stands for any text. */
final class Glob {

  private final String pattern;
  private final boolean hasStar;
  private final String prefix;
  private final String suffix;

  /** What must come between them, one after the other. */
  private final List<Part> between = new ArrayList<>();

  Glob(String pattern) {
    this.pattern = pattern;
    List<String> parts = Arrays.asList(pattern.split("\\*", -1));
    this.hasStar = parts.size() > 1;
    this.prefix = parts.getFirst();
    this.suffix = parts.getLast();
    if (hasStar) {
      for (String part : parts.subList(1, parts.size() - 1)) {
        if (!part.isEmpty()) {
          between.add(new Part(part));
        }
      }
    }
  }

  String pattern() {
    return pattern;
  }

  /** What everything that matches starts with. */
  String prefix() {
    return prefix;
  }

  /** In steps of the order of the text's length, whatever the pattern. */
  boolean matches(String text) {
    if (!hasStar) {
      return text.equals(pattern);
    }
    int end = text.length() - suffix.length();
    if (end < prefix.length() || !text.startsWith(prefix) || !text.endsWith(suffix)) {
      return false;
    }
    int at = prefix.length();
    for (Part part : between) {
      at = part.endIn(text, at, end);
      if (at < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * A text that is looked for without going back in what it is looked for in (Knuth, Morris,
   * Pratt).
   */
  private static final class Part {
    private final String text;

    /** Of each beginning, how long the longest shorter one is that it ends with. */
    private final int[] borders;

    Part(String text) {
      this.text = text;
      this.borders = new int[text.length()];
      for (int i = 1; i < borders.length; i++) {
        borders[i] = matchedAfter(borders[i - 1], text.charAt(i));
      }
    }

    private int matchedAfter(int matched, char next) {
      while (matched > 0 && text.charAt(matched) != next) {
        matched = borders[matched - 1];
      }
      return text.charAt(matched) == next ? matched + 1 : matched;
    }

    /** Where it ends where it comes first; -1 if it does not come. */
    int endIn(String where, int from, int to) {
      int matched = 0;
      for (int i = from; i < to; i++) {
        matched = matchedAfter(matched, where.charAt(i));
        if (matched == text.length()) {
          return i + 1;
        }
      }
      return -1;
    }
  }
}
