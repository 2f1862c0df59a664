package dev.baton.protocol;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Guesses which name was meant by one that is none. */
public final class Spelling {

  /** One mistake in so many characters is taken for one. */
  private static final int CHARACTERS_PER_MISTAKE = 5;

  private Spelling() {}

  /**
   * The name of which the written one is a misspelling, or null if it looks like none of them. Only
   * letters and digits count, and their case does not.
   */
  public static @Nullable String nearest(String written, Collection<String> names) {
    String letters = letters(written);
    String nearest = null;
    int least = Math.max(1, letters.length() / CHARACTERS_PER_MISTAKE) + 1;
    for (String name : names) {
      int mistakes = mistakes(letters, letters(name));
      if (mistakes < least) {
        least = mistakes;
        nearest = name;
      }
    }
    return nearest;
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** How many characters are to be put in, left out, changed, or swapped with the next. */
  private static int mistakes(String one, String other) {
    int[][] upTo = new int[one.length() + 1][other.length() + 1];
    for (int row = 0; row <= one.length(); row++) {
      for (int column = 0; column <= other.length(); column++) {
        if (row == 0 || column == 0) {
          upTo[row][column] = row + column;
          continue;
        }
        int change = one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1;
        int least = Math.min(upTo[row - 1][column], upTo[row][column - 1]) + 1;
        least = Math.min(least, upTo[row - 1][column - 1] + change);
        if (isSwapped(one, row, other, column)) {
          least = Math.min(least, upTo[row - 2][column - 2] + 1);
        }
        upTo[row][column] = least;
      }
    }
    return upTo[one.length()][other.length()];
  }

  private static boolean isSwapped(String one, int row, String other, int column) {
    return row > 1
        && column > 1
        && one.charAt(row - 1) == other.charAt(column - 2)
        && one.charAt(row - 2) == other.charAt(column - 1);
  }
}
