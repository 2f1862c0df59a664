package dev.baton.sdk;

import dev.baton.protocol.ScheduleRecord;
import org.jspecify.annotations.Nullable;

/**
 * Schedules: calls that the server makes by the clock (protocol section 10). Safe for use by any
 * thread.
 *
 * <p>All throw {@link ServerException} if the server refuses, {@link ConnectionException} if it
 * cannot be reached in time.
 */
public interface Schedules {

  /**
   * Creates a schedule, or gives the one of that id that exists. Each occurrence is a call whose id
   * is {@code <id>-<epoch milliseconds>}.
   *
   * @param cron protocol section 10.6: five fields, or six with the seconds first, in UTC unless it
   *     begins with {@code TZ=Area/City}. Weekdays are 1 (Sunday, unlike Unix cron's 0) to 7
   *     (Saturday), or names such as {@code MON}
   * @param options target, timeout of each occurrence, tags and retry; the delay is ignored
   * @throws EncodingException if an argument has no JSON form
   */
  ScheduleRecord create(
      String id, String cron, Options options, String function, @Nullable Object... arguments);

  /** Deletes the schedule; calls that it made stay. */
  void delete(String id);
}
