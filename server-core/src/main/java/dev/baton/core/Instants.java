package dev.baton.core;

import org.jspecify.annotations.Nullable;

/** Arithmetic on epoch milliseconds. */
final class Instants {

  /** An instant that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  private Instants() {}

  /** The sum, or the last instant that there is. */
  static long plus(long at, long ms) {
    long sum = at + ms;
    return ((at ^ sum) & (ms ^ sum)) < 0 ? (ms < 0 ? Long.MIN_VALUE : NEVER) : sum;
  }

  /** A decimal number without blanks, optionally with a plus sign; null if it is none. */
  static @Nullable Long parse(String text) {
    int start = text.startsWith("+") ? 1 : 0;
    if (start == text.length()) {
      return null;
    }
    long value = 0;
    for (int i = start; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return null;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
