package dev.baton.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests of protocol section 10. */
public sealed interface ScheduleRequest extends Request {

  /**
   * Section 10.1.
   *
   * @param promiseTimeout milliseconds from an occurrence to its promise's deadline
   */
  record Create(
      String id,
      String cron,
      String promiseId,
      long promiseTimeout,
      Value promiseParam,
      Map<String, String> promiseTags)
      implements ScheduleRequest {
    public Create {
      promiseTags = Tags.copy(promiseTags);
    }

    @Override
    public String kind() {
      return "schedule.create";
    }
  }

  /**
   * Ours: replaces all of a schedule but its id.
   *
   * @param definition what it is from now on
   */
  record Update(Create definition) implements ScheduleRequest {
    @Override
    public String kind() {
      return "schedule.update";
    }
  }

  /** Ours: a schedule makes nothing any more. */
  record Pause(String id) implements ScheduleRequest {
    @Override
    public String kind() {
      return "schedule.pause";
    }
  }

  /** Ours: a schedule that was paused goes on with its next occurrence. */
  record Resume(String id) implements ScheduleRequest {
    @Override
    public String kind() {
      return "schedule.resume";
    }
  }

  /** Section 10.2. */
  record Get(String id) implements ScheduleRequest {
    @Override
    public String kind() {
      return "schedule.get";
    }
  }

  /** Section 10.3. */
  record Delete(String id) implements ScheduleRequest {
    @Override
    public String kind() {
      return "schedule.delete";
    }
  }

  /** Section 10.4; null means not given. */
  record Search(@Nullable Map<String, String> tags, @Nullable Long limit, @Nullable String cursor)
      implements ScheduleRequest, BulkRead {
    @Override
    public String kind() {
      return "schedule.search";
    }
  }
}
