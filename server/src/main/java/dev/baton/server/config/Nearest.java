package dev.baton.server.config;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Guesses which key was meant by a name that is none. */
final class Nearest {

  /** One mistake in so many characters is taken for one. */
  private static final int CHARACTERS_PER_MISTAKE = 5;

  private Nearest() {}

  /** The key of which the name is a misspelling, or null if it looks like none. */
  static @Nullable Key to(String name) {
    String written = letters(name);
    Key nearest = null;
    int least = Math.max(1, written.length() / CHARACTERS_PER_MISTAKE) + 1;
    for (Key key : Key.values()) {
      int distance = distance(written, letters(key.path()));
      if (distance < least) {
        least = distance;
        nearest = key;
      }
    }
    return nearest != null || !written.contains("publickey") ? nearest : Key.AUTH_PUBLICKEY;
  }

  /** What follows an error about the name. */
  static String hint(String name, Function<Key, String> shown) {
    Key nearest = to(name);
    return nearest == null ? "" : "; did you mean " + shown.apply(nearest) + "?";
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** How many characters are to be put in, left out or changed. */
  private static int distance(String one, String other) {
    int[] above = new int[other.length() + 1];
    for (int column = 0; column < above.length; column++) {
      above[column] = column;
    }
    for (int row = 1; row <= one.length(); row++) {
      int[] line = new int[above.length];
      line[0] = row;
      for (int column = 1; column < line.length; column++) {
        int change = one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1;
        line[column] =
            Math.min(above[column - 1] + change, Math.min(above[column], line[column - 1]) + 1);
      }
      above = line;
    }
    return above[other.length()];
  }
}
