package dev.baton.operator.resources;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a worker may finish what it runs, as written: {@code 30s}, {@code 1m30s}. */
final class DrainTime {

  private static final Duration DEFAULT = Duration.ofSeconds(30);

  /** What the container gets beyond it to give back the rest and end. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** A day: longer is a mistake, and must not overflow. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final Pattern PART = Pattern.compile("([0-9]{1,9})(h|ms|m|s)");

  private DrainTime() {}

  /** The duration; the default for null, and for what the CRD would not have let pass. */
  static Duration parse(@Nullable String text) {
    if (text == null) {
      return DEFAULT;
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int at = 0;
    for (; part.find() && part.start() == at; at = part.end()) {
      long number = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "h" -> Duration.ofHours(number);
                case "m" -> Duration.ofMinutes(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMillis(number);
              });
    }
    if (at == 0 || at != text.length()) {
      return DEFAULT;
    }
    return sum.compareTo(LONGEST) < 0 ? sum : LONGEST;
  }

  /** The grace period of the pod: what it drains, rounded up, and the margin. */
  static long gracePeriodSeconds(Duration drainTime) {
    return drainTime.plusMillis(999).plus(MARGIN).toSeconds();
  }
}
