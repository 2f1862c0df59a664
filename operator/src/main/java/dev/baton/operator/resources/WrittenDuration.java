package dev.baton.operator.resources;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A duration as users write it: {@code 30s}, {@code 1m30s}, {@code 500ms}. */
public final class WrittenDuration {

  /** A day: longer is a mistake, and must not overflow. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final Pattern PART = Pattern.compile("([0-9]{1,9})(h|ms|m|s)");

  private WrittenDuration() {}

  /** The duration; {@code absent} for null, and for what the CRD would not have let pass. */
  public static Duration parse(@Nullable String text, Duration absent) {
    Duration written = read(text);
    if (written == null) {
      return absent;
    }
    return written.compareTo(LONGEST) < 0 ? written : LONGEST;
  }

  /** Whether more is written than {@link #parse} gives. */
  static boolean isCut(@Nullable String text) {
    Duration written = read(text);
    return written != null && written.compareTo(LONGEST) > 0;
  }

  private static @Nullable Duration read(@Nullable String text) {
    if (text == null) {
      return null;
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
    return at == 0 || at != text.length() ? null : sum;
  }
}
