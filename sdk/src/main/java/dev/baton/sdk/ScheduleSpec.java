package dev.baton.sdk;

import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * When a schedule makes calls. Begin with {@link #cron(String)} and change what is to be different:
 *
 * {@snippet file="dev/baton/sdk/Snippets.java" region="schedule"}
 *
 * <p>Immutable. All but cron and zone is Baton's own, in tags of the schedule: another server of
 * the protocol stores it and does not heed it.
 *
 * @param cron protocol section 10.6: five fields, or six with the seconds first. Weekdays are 1
 *     (Sunday, unlike Unix cron's 0) to 7 (Saturday), or names such as {@code MON}
 * @param timeZone whose clock is meant; null for UTC, or what the expression itself begins with
 *     ({@code TZ=Area/City})
 * @param overlap what happens when an occurrence is due while the one before is pending
 * @param catchupWindow for how long an occurrence that was missed, because the server was away, is
 *     made up for; null for ever
 * @param paused whether it makes nothing until it is resumed
 */
public record ScheduleSpec(
    String cron,
    @Nullable ZoneId timeZone,
    Overlap overlap,
    @Nullable Duration catchupWindow,
    boolean paused) {

  /** What happens when an occurrence is due while the one before is pending. */
  public enum Overlap {
    /** Both are pending at once; what other servers do. */
    ALLOW,
    /** The one that is due is left out. */
    SKIP,
    /** One waits until the one before is settled; what comes due meanwhile is left out. */
    BUFFER_ONE
  }

  private static final Duration LEAST_WINDOW = Duration.ofSeconds(1);

  /** Checked. */
  public ScheduleSpec {
    if (cron.isBlank()) {
      throw new IllegalArgumentException("cron is blank");
    }
    boolean hasZone = cron.startsWith("TZ=") || cron.startsWith("CRON_TZ=");
    if (timeZone != null && hasZone) {
      throw new IllegalArgumentException(
          "timeZone " + timeZone + " is given, and cron has one, too: " + cron);
    }
    if (catchupWindow != null && catchupWindow.compareTo(LEAST_WINDOW) < 0) {
      throw new IllegalArgumentException("catchupWindow " + catchupWindow + " is below 1 s");
    }
  }

  /** In UTC, occurrences may overlap, all are made up for, not paused. */
  public static ScheduleSpec cron(String cron) {
    return new ScheduleSpec(cron, null, Overlap.ALLOW, null, false);
  }

  /** By that zone's clock. */
  public ScheduleSpec timeZone(ZoneId zone) {
    return new ScheduleSpec(cron, zone, overlap, catchupWindow, paused);
  }

  /** With that rule for occurrences that overlap. */
  public ScheduleSpec overlap(Overlap overlap) {
    return new ScheduleSpec(cron, timeZone, overlap, catchupWindow, paused);
  }

  /** With that window, at least a second. */
  public ScheduleSpec catchupWindow(Duration window) {
    return new ScheduleSpec(cron, timeZone, overlap, window, paused);
  }

  /** Not before it is resumed. */
  public ScheduleSpec pausedAtFirst() {
    return new ScheduleSpec(cron, timeZone, overlap, catchupWindow, true);
  }
}
