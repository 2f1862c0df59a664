package dev.baton.protocol;

/** A token as it stands in an {@code Authorization} header. */
public final class BearerToken {

  private BearerToken() {}

  /**
   * The token without the blanks and line ends around it that files and variables leave there.
   *
   * @throws IllegalArgumentException if it can be none; the message does not show it
   */
  public static String of(String text) {
    String token = text.strip();
    if (token.isEmpty()) {
      throw new IllegalArgumentException("the token is blank");
    }
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c <= ' ' || c > '~') {
        throw new IllegalArgumentException(
            "the token holds %s as character %d of %d, which no token has; it is not shown here"
                .formatted(name(c), i + 1, token.length()));
      }
    }
    return token;
  }

  private static String name(char c) {
    return switch (c) {
      case ' ' -> "a blank";
      case '\n', '\r' -> "a line end";
      default -> c < ' ' || c == 0x7F ? "a control character" : "a character that is not ASCII";
    };
  }
}
