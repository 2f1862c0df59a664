package dev.baton.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression in the dialect of protocol section 10.6: five to seven fields, weekdays from 1
 * = Sunday, both day fields must match. Our extension: it may start with {@code TZ=Area/City} or
 * {@code CRON_TZ=Area/City}; otherwise it is meant in UTC.
 */
public final class Cron {

  /** What lies further ahead counts as never; leap days on a given weekday are 40 years apart. */
  private static final int YEARS_AHEAD = 100;

  private static final int LAST_YEAR = 2100;

  private static final long SEARCHED_MS = (YEARS_AHEAD + 1) * 366L * 24 * 3600 * 1000;

  /** More than any zone's clocks were ever set by: Alaska and Samoa changed the day. */
  private static final Duration LONGEST_SHIFT = Duration.ofDays(2);

  private static final String[] MONTHS = {
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december"
  };

  private static final String[] WEEKDAYS = {
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"
  };

  private static final Map<String, String> SHORTHANDS =
      Map.of(
          "@hourly", "0 0 * * * *",
          "@daily", "0 0 0 * * *",
          "@weekly", "0 0 0 * * 1",
          "@monthly", "0 0 0 1 * *",
          "@yearly", "0 0 0 1 1 *");

  private final ZoneId zone;
  private final Field seconds;
  private final Field minutes;
  private final Field hours;
  private final Field daysOfMonth;
  private final Field months;
  private final Field daysOfWeek;
  private final Field years;

  private Cron(
      ZoneId zone,
      Field seconds,
      Field minutes,
      Field hours,
      Field daysOfMonth,
      Field months,
      Field daysOfWeek,
      Field years) {
    this.zone = zone;
    this.seconds = seconds;
    this.minutes = minutes;
    this.hours = hours;
    this.daysOfMonth = daysOfMonth;
    this.months = months;
    this.daysOfWeek = daysOfWeek;
    this.years = years;
  }

  /**
   * The next instants that match, in their order; fewer if there are no more, and null if the
   * expression is none.
   *
   * @param after epoch milliseconds, not among them
   */
  public static @Nullable List<Long> instants(String expression, long after, int most) {
    var cron = parse(expression);
    if (cron == null) {
      return null;
    }
    List<Long> instants = new ArrayList<>(most);
    for (long at = cron.next(after);
        at != Instants.NEVER && instants.size() < most;
        at = cron.next(at)) {
      instants.add(at);
    }
    return instants;
  }

  /** The expression, or null if it is none. */
  static @Nullable Cron parse(String expression) {
    var words = List.of(expression.strip().split("\\s+"));
    ZoneId zone = ZoneOffset.UTC;
    var zoneName = zoneName(words.getFirst());
    if (zoneName != null) {
      words = words.subList(1, words.size());
      try {
        zone = ZoneId.of(zoneName);
      } catch (DateTimeException e) {
        return null;
      }
    }
    if (words.size() == 1) {
      var shorthand = SHORTHANDS.get(words.getFirst());
      words = shorthand == null ? words : List.of(shorthand.split(" "));
    }
    return switch (words.size()) {
      case 5 -> of(zone, "0", words, 0, "*");
      case 6 -> of(zone, words.getFirst(), words, 1, "*");
      case 7 -> of(zone, words.getFirst(), words, 1, words.getLast());
      default -> null;
    };
  }

  private static @Nullable Cron of(
      ZoneId zone, String second, List<String> words, int minute, String year) {
    var seconds = Field.parse(second, 0, 59, null, false);
    var minutes = Field.parse(words.get(minute), 0, 59, null, false);
    var hours = Field.parse(words.get(minute + 1), 0, 23, null, false);
    var daysOfMonth = Field.parse(words.get(minute + 2), 1, 31, null, true);
    var months = Field.parse(words.get(minute + 3), 1, 12, MONTHS, false);
    var daysOfWeek = Field.parse(words.get(minute + 4), 1, 7, WEEKDAYS, true);
    var years = Field.parse(year, 1970, LAST_YEAR, null, false);
    return seconds == null
            || minutes == null
            || hours == null
            || daysOfMonth == null
            || months == null
            || daysOfWeek == null
            || years == null
        ? null
        : new Cron(zone, seconds, minutes, hours, daysOfMonth, months, daysOfWeek, years);
  }

  private static @Nullable String zoneName(String word) {
    for (var prefix : List.of("TZ=", "CRON_TZ=")) {
      if (word.startsWith(prefix)) {
        return word.substring(prefix.length());
      }
    }
    return null;
  }

  /**
   * The first matching instant of a later second, or {@link Instants#NEVER}. In a zone whose clocks
   * change, a time of day that is skipped counts as the same length after the change, and one that
   * occurs twice counts once; an expression that leaves the hour open, in whatever words, runs on
   * in both cases as if no clock had changed.
   *
   * @param after epoch milliseconds
   */
  long next(long after) {
    if (after > Instants.NEVER - SEARCHED_MS) {
      return Instants.NEVER;
    }
    long second = Math.floorDiv(after, 1000L);
    var next = hours.isWhole() ? nextOnTheTimeLine(second) : nextOnTheClock(second);
    return next == null ? Instants.NEVER : next.toEpochMilli();
  }

  /** Every stretch of constant offset is searched on its own. */
  private @Nullable Instant nextOnTheTimeLine(long second) {
    var from = Instant.ofEpochSecond(second);
    var limit = from.plusMillis(SEARCHED_MS);
    while (true) {
      var offset = zone.getRules().getOffset(from);
      var change = zone.getRules().nextTransition(from);
      var local = nextLocal(LocalDateTime.ofInstant(from, offset));
      if (local == null) {
        return null; // Later stretches hold no other times of day than this one's future.
      }
      var candidate = local.toInstant(offset);
      if (change == null || candidate.isBefore(change.getInstant())) {
        return candidate;
      }
      if (change.getInstant().isAfter(limit)) {
        return null;
      }
      // The instant of the change itself belongs to the next stretch.
      var after = change.getInstant();
      var first = LocalDateTime.ofInstant(after, change.getOffsetAfter());
      if (first.equals(nextLocal(first.minusSeconds(1)))) {
        return after;
      }
      // Nothing comes before the candidate's day: the stretches until then need no search.
      var eve = candidate.minus(LONGEST_SHIFT);
      from = eve.isAfter(after) ? eve : after;
    }
  }

  private @Nullable Instant nextOnTheClock(long second) {
    var from = Instant.ofEpochSecond(second);
    var local = LocalDateTime.ofInstant(from, zone);
    for (var next = nextLocal(local); next != null; next = nextLocal(next)) {
      var candidate = next.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
      if (candidate.isAfter(from)) {
        return candidate;
      }
    }
    return null;
  }

  /** The first matching local time after another, to the second. */
  private @Nullable LocalDateTime nextLocal(LocalDateTime after) {
    var from = after.plusSeconds(1);
    var time = nextTime(from.getHour(), from.getMinute(), from.getSecond());
    if (time >= 0 && matches(from.toLocalDate())) {
      return from.toLocalDate().atStartOfDay().plusSeconds(time);
    }
    var date = nextDate(from.toLocalDate().plusDays(1));
    return date == null ? null : date.atStartOfDay().plusSeconds(nextTime(0, 0, 0));
  }

  /** The first matching second of the day that is not before a time, or -1. */
  private long nextTime(int fromHour, int fromMinute, int fromSecond) {
    int hour = hours.next(fromHour);
    if (hour < 0) {
      return -1;
    }
    int minute = minutes.next(hour == fromHour ? fromMinute : 0);
    int second = -1;
    if (minute >= 0) {
      boolean later = hour > fromHour || minute > fromMinute;
      second = seconds.next(later ? 0 : fromSecond);
      if (second < 0) {
        minute = minutes.next(minute + 1);
        second = seconds.next(0);
      }
    }
    if (minute < 0) {
      hour = hours.next(hour + 1);
      minute = minutes.next(0);
      second = seconds.next(0);
    }
    return hour < 0 ? -1 : (hour * 60L + minute) * 60 + second;
  }

  private boolean matches(LocalDate date) {
    return years.has(date.getYear())
        && months.has(date.getMonthValue())
        && daysOfMonth.has(date.getDayOfMonth())
        && daysOfWeek.has(date.getDayOfWeek().getValue() % 7 + 1);
  }

  private @Nullable LocalDate nextDate(LocalDate from) {
    int lastYear = Math.max(from.getYear() + YEARS_AHEAD, LAST_YEAR);
    var month = YearMonth.from(from);
    int day = from.getDayOfMonth();
    while (month.getYear() <= lastYear) {
      if (years.has(month.getYear()) && months.has(month.getMonthValue())) {
        for (day = daysOfMonth.next(day);
            day > 0 && day <= month.lengthOfMonth();
            day = daysOfMonth.next(day + 1)) {
          var date = month.atDay(day);
          if (daysOfWeek.has(date.getDayOfWeek().getValue() % 7 + 1)) {
            return date;
          }
        }
      }
      month = month.plusMonths(1);
      day = 1;
    }
    return null;
  }

  /**
   * The values that a field allows.
   *
   * @param allowed by value less first
   * @param isOpen whether a star is in the field
   */
  private record Field(int first, boolean[] allowed, boolean isOpen) {

    static @Nullable Field parse(
        String text, int first, int last, String @Nullable [] names, boolean mayBeOmitted) {
      var allowed = new boolean[last - first + 1];
      boolean isOpen = false;
      for (var part : text.split(",", -1)) {
        if (!allow(allowed, part, first, last, names, mayBeOmitted)) {
          return null;
        }
        isOpen |= part.equals("*") || part.equals("*/1");
      }
      return new Field(first, allowed, isOpen);
    }

    /** Whether it allows every value, in whatever words. */
    boolean isWhole() {
      for (boolean isAllowed : allowed) {
        if (!isAllowed) {
          return false;
        }
      }
      return true;
    }

    private static boolean allow(
        boolean[] allowed,
        String part,
        int first,
        int last,
        String @Nullable [] names,
        boolean mayBeOmitted) {
      if (part.equals("?")) {
        Arrays.fill(allowed, mayBeOmitted);
        return mayBeOmitted;
      }
      int slash = part.indexOf('/');
      int step = slash < 0 ? 1 : number(part.substring(slash + 1));
      var range = slash < 0 ? part : part.substring(0, slash);
      int dash = range.indexOf('-');
      int from;
      int to;
      if (range.equals("*")) {
        from = first;
        to = last;
      } else if (dash < 0) {
        from = value(range, names);
        to = slash < 0 ? from : last;
      } else {
        from = value(range.substring(0, dash), names);
        to = value(range.substring(dash + 1), names);
      }
      if (step < 1 || from < first || to > last || from > to) {
        return false;
      }
      for (int value = from; value <= to; value += step) {
        allowed[value - first] = true;
      }
      return true;
    }

    private static int value(String text, String @Nullable [] names) {
      if (names != null) {
        var lower = text.toLowerCase(Locale.ROOT);
        for (int i = 0; i < names.length; i++) {
          if (lower.equals(names[i]) || lower.equals(names[i].substring(0, 3))) {
            return i + 1;
          }
        }
      }
      return number(text);
    }

    /** A number of at most four digits, or -1. */
    private static int number(String text) {
      if (text.isEmpty() || text.length() > 4) {
        return -1;
      }
      int value = 0;
      for (int i = 0; i < text.length(); i++) {
        int digit = text.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          return -1;
        }
        value = value * 10 + digit;
      }
      return value;
    }

    boolean has(int value) {
      int index = value - first;
      return index >= 0 && index < allowed.length ? allowed[index] : allowsBeyond();
    }

    /** An open year has no end. */
    private boolean allowsBeyond() {
      return isOpen;
    }

    /** The smallest allowed value from a value on, or -1. */
    int next(int from) {
      for (int index = Math.max(0, from - first); index < allowed.length; index++) {
        if (allowed[index]) {
          return index + first;
        }
      }
      return -1;
    }
  }
}
