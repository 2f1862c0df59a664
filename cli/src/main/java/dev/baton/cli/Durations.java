package dev.baton.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: {@code 1d}, {@code 1h}, {@code 1m30s}, {@code 100ms}. */
final class Durations {

  private static final Pattern WHOLE = Pattern.compile("(\\d{1,18}(ms|[dhms]))+");
  private static final Pattern PART = Pattern.compile("(\\d+)(ms|[dhms])");

  private Durations() {}

  /** The duration, or null if the text is none or too long for milliseconds. */
  static @Nullable Duration parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return null;
    }
    long sum = 0;
    Matcher part = PART.matcher(text);
    try {
      while (part.find()) {
        long unitMs =
            switch (part.group(2)) {
              case "d" -> 86_400_000;
              case "h" -> 3_600_000;
              case "m" -> 60_000;
              case "s" -> 1_000;
              default -> 1;
            };
        sum = Math.addExact(sum, Math.multiplyExact(Long.parseLong(part.group(1)), unitMs));
      }
    } catch (ArithmeticException e) {
      return null;
    }
    return Duration.ofMillis(sum);
  }
}
