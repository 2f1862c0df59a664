package dev.baton.sdk;

import dev.baton.protocol.ScheduleRecord;
import org.jspecify.annotations.Nullable;

/**
 * Schedules: calls that the server makes by the clock (protocol section 10). Safe for use by any
 * thread.
 *
 * <p>All throw {@link ServerException} if the server refuses, {@link ConnectionException} if it
 * cannot be reached in time. Updating, pausing and resuming is Baton's own: another server of the
 * protocol refuses it with status 400.
 */
public interface Schedules {

  /**
   * Creates a schedule, or gives the one of that id that exists, as it is. Each occurrence is a
   * call whose id is {@code <id>-<epoch milliseconds>}.
   *
   * @param options target, timeout of each occurrence, tags and retry; the delay is ignored
   * @throws EncodingException if an argument has no JSON form
   */
  ScheduleRecord create(
      String id,
      ScheduleSpec spec,
      Options options,
      String function,
      @Nullable Object... arguments);

  /**
   * As {@link #create(String, ScheduleSpec, Options, String, Object...)}, with that expression and
   * all else as {@link ScheduleSpec#cron(String)} has it.
   */
  default ScheduleRecord create(
      String id, String cron, Options options, String function, @Nullable Object... arguments) {
    return create(id, ScheduleSpec.cron(cron), options, function, arguments);
  }

  /**
   * Replaces all of a schedule that exists: when it makes calls, and which. Calls that are pending
   * stay as they are. What comes next is reckoned from now, or stays if the expression is the same;
   * an occurrence that waits ({@link ScheduleSpec.Overlap#BUFFER_ONE}) is forgotten. A schedule
   * that is paused is resumed, unless the specification says otherwise.
   *
   * @throws ServerException with status 404 if there is none of that id
   */
  ScheduleRecord update(
      String id,
      ScheduleSpec spec,
      Options options,
      String function,
      @Nullable Object... arguments);

  /**
   * Makes no more calls until it is resumed; one that waits is forgotten. Pausing again changes
   * nothing.
   *
   * @throws ServerException with status 404 if there is none of that id
   */
  ScheduleRecord pause(String id);

  /**
   * Goes on with the next occurrence; what was due meanwhile is not made up for. Resuming again
   * changes nothing.
   *
   * @throws ServerException with status 404 if there is none of that id
   */
  ScheduleRecord resume(String id);

  /**
   * The schedule as it is.
   *
   * @throws ServerException with status 404 if there is none of that id
   */
  ScheduleRecord get(String id);

  /** Deletes the schedule; calls that it made stay. */
  void delete(String id);
}
