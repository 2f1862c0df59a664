package dev.baton.legacy;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cron expressions with the usual numbering (weekdays from 0 = Sunday), in the server's time zone,
 * as expressions of the protocol's dialect (weekdays from 1 = Sunday, in UTC).
 */
final class StandardCron {

  private static final Set<String> OPEN = Set.of("*", "?", "*/1");

  private StandardCron() {}

  /**
   * The expression in the other dialect, or null if it cannot be said there: both day fields at
   * once, of which either would do here and both must match there, and {@code @every}. What is no
   * expression at all may come through.
   */
  static @Nullable String translate(String cron, ZoneId zone) {
    List<String> words = new ArrayList<>(Arrays.asList(cron.strip().split("\\s+")));
    String zoneWord =
        words.getFirst().startsWith("TZ=") || words.getFirst().startsWith("CRON_TZ=")
            ? words.removeFirst()
            : zone.normalized().equals(ZoneOffset.UTC) ? "" : "TZ=" + zone;
    String translated = words.size() == 1 ? shorthand(words.getFirst()) : fields(words);
    return translated == null || zoneWord.isEmpty() ? translated : zoneWord + " " + translated;
  }

  private static @Nullable String shorthand(String word) {
    return switch (word) {
      case "@annually" -> "@yearly";
      case "@midnight" -> "@daily";
      default -> word;
    };
  }

  private static @Nullable String fields(List<String> words) {
    int last = words.size() - 1;
    // Seven fields, with a year, are the protocol's own.
    if (last < 4 || last > 5 || words.getFirst().equals("@every")) {
      return null;
    }
    words.set(last, weekdays(words.get(last)));
    if (!OPEN.contains(words.get(last)) && !OPEN.contains(words.get(last - 2))) {
      if (!names(words.get(last), 1, 7) && !names(words.get(last - 2), 1, 31)) {
        return null;
      }
      words.set(last, "*"); // Either would do, and one of them names every day.
      words.set(last - 2, "*");
    }
    return String.join(" ", words);
  }

  /** Whether the field is the range of all days, in numbers. */
  private static boolean names(String field, int first, int last) {
    Set<String> days = Set.copyOf(Arrays.asList(field.split(",", -1)));
    return field.equals(first + "-" + last)
        || IntStream.rangeClosed(first, last).allMatch(day -> days.contains(Integer.toString(day)));
  }

  private static String weekdays(String field) {
    List<String> parts = new ArrayList<>();
    for (String part : field.split(",", -1)) {
      parts.add(weekday(part));
    }
    return String.join(",", parts);
  }

  private static String weekday(String part) {
    int slash = part.indexOf('/');
    String range = slash < 0 ? part : part.substring(0, slash);
    int dash = range.indexOf('-');
    Integer from = digit(dash < 0 ? range : range.substring(0, dash));
    Integer to = dash < 0 ? from : digit(range.substring(dash + 1));
    Integer step = slash < 0 ? Integer.valueOf(1) : digit(part.substring(slash + 1));
    if (from == null || to == null || step == null || step < 1) {
      return part; // Stars and names mean the same, the rest is wrong in both dialects.
    }
    int end = dash < 0 && slash >= 0 ? 6 : to;
    Set<Integer> days = new TreeSet<>();
    for (int day = from; day <= end; day += step) {
      days.add(day % 7 + 1);
    }
    return days.isEmpty() ? part : String.join(",", days.stream().map(String::valueOf).toList());
  }

  private static @Nullable Integer digit(String text) {
    boolean isDigit = text.length() == 1 && text.charAt(0) >= '0' && text.charAt(0) <= '7';
    return isDigit ? Integer.valueOf(text.charAt(0) - '0') : null;
  }
}
