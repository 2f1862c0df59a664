package dev.baton.protocol;

/**
 * Text that others chose, as it may be shown on a terminal or in a log: control characters, which
 * could move a cursor or begin a line of their own, and what changes the direction of reading or is
 * not seen at all, are shown as JSON escapes them.
 */
public final class Printable {

  private Printable() {}

  /** On one line. */
  public static String of(String text) {
    return escape(text, false);
  }

  /** Line ends stay, and so does the meaning of a JSON text. */
  public static String lines(String text) {
    return escape(text, true);
  }

  private static String escape(String text, boolean mayHaveLines) {
    int plain = 0;
    while (plain < text.length() && isPlain(text.charAt(plain), mayHaveLines)) {
      plain++;
    }
    if (plain == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, plain);
    int c;
    for (int i = plain; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (c == '\n' && mayHaveLines || !isHidden(c)) {
        shown.appendCodePoint(c);
      } else {
        append(shown, c);
      }
    }
    return shown.toString();
  }

  /** The quick answer for what most texts are made of. */
  private static boolean isPlain(char c, boolean mayHaveLines) {
    return c >= ' ' && c <= '~' || c == '\n' && mayHaveLines;
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static void append(StringBuilder shown, int c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        for (char unit : Character.toChars(c)) {
          shown.append("\\u").append(Character.forDigit(unit >> 12, 16));
          shown.append(Character.forDigit(unit >> 8 & 0xF, 16));
          shown.append(Character.forDigit(unit >> 4 & 0xF, 16));
          shown.append(Character.forDigit(unit & 0xF, 16));
        }
      }
    }
  }
}
