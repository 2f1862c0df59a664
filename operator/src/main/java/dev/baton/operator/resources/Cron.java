package dev.baton.operator.resources;

import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Minutes as crontab(5) names them, in numbers: minute, hour, day of month, month, day of week (0
 * and 7 are Sunday). Where both days are given, either will do.
 */
public final class Cron {

  private static final Pattern PART =
      Pattern.compile("(\\*|([0-9]{1,2})(-([0-9]{1,2}))?)(/([0-9]{1,2}))?");

  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet days;
  private final BitSet months;
  private final BitSet weekdays;
  private final boolean everyDay;
  private final boolean everyWeekday;

  private Cron(BitSet[] fields, String[] text) {
    minutes = fields[0];
    hours = fields[1];
    days = fields[2];
    months = fields[3];
    weekdays = fields[4];
    everyDay = text[2].startsWith("*");
    everyWeekday = text[4].startsWith("*");
  }

  /** The schedule; null for what is none. */
  public static @Nullable Cron parse(String text) {
    String[] parts = text.strip().split("\\s+");
    int[][] ranges = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};
    if (parts.length != ranges.length) {
      return null;
    }
    BitSet[] fields = new BitSet[ranges.length];
    for (int i = 0; i < ranges.length; i++) {
      BitSet field = field(parts[i], ranges[i][0], ranges[i][1]);
      if (field == null) {
        return null;
      }
      fields[i] = field;
    }
    if (fields[4].get(7)) {
      fields[4].set(0);
    }
    return new Cron(fields, parts);
  }

  private static @Nullable BitSet field(String text, int least, int most) {
    BitSet values = new BitSet();
    for (String part : text.split(",", -1)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches()) {
        return null;
      }
      boolean all = matcher.group(1).equals("*");
      int from = all ? least : Integer.parseInt(matcher.group(2));
      int step = matcher.group(6) == null ? 1 : Integer.parseInt(matcher.group(6));
      int to =
          all || (matcher.group(4) == null && matcher.group(6) != null)
              ? most
              : matcher.group(4) == null ? from : Integer.parseInt(matcher.group(4));
      if (from < least || to > most || from > to || step == 0) {
        return null;
      }
      for (int value = from; value <= to; value += step) {
        values.set(value);
      }
    }
    return values;
  }

  /** Whether the minute is one of them. */
  public boolean matches(ZonedDateTime time) {
    boolean day = days.get(time.getDayOfMonth());
    boolean weekday = weekdays.get(time.getDayOfWeek().getValue() % 7);
    return minutes.get(time.getMinute())
        && hours.get(time.getHour())
        && months.get(time.getMonthValue())
        && (everyDay || everyWeekday ? day && weekday : day || weekday);
  }
}
