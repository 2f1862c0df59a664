package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes an answer takes, cheaply where it is small: short texts count as if they
 * needed no escapes, long ones exactly.
 */
public final class AnswerSizes {

  private static final long FRAME = 200;
  private static final long PAIR = 6;
  private static final int SHORT = 256;

  private AnswerSizes() {}

  /** The bytes of an answer. */
  public static long of(Response response) {
    return switch (response.body()) {
      case Response.Failure(var text) -> FRAME + of(text);
      case Response.Empty empty -> FRAME;
      case Response.Ticked ignored -> FRAME;
      case Response.OfPromise(var promise) -> FRAME + of(promise);
      case Response.OfTask ignored -> 2 * FRAME;
      case Response.OfSchedule(var schedule) -> FRAME + of(schedule);
      case Response.Acquired(var task, var promise, var preload) ->
          2 * FRAME + of(promise) + of(preload);
      case Response.Preload(var preload) -> FRAME + of(preload);
      case Response.Fenced(var kind, var action, var preload) -> FRAME + of(action) + of(preload);
      case Response.PromisePage(var promises, var cursor) -> FRAME + of(promises);
      case Response.TaskPage(var tasks, var cursor) -> FRAME * (1 + tasks.size());
      case Response.SchedulePage(var schedules, var cursor) -> {
        long size = FRAME;
        for (var schedule : schedules) {
          size += of(schedule);
        }
        yield size;
      }
      case Response.Snapshot snapshot ->
          FRAME * (1 + snapshot.tasks().size()) + of(snapshot.promises());
    };
  }

  private static long of(List<PromiseRecord> promises) {
    long size = 0;
    for (var promise : promises) {
      size += of(promise);
    }
    return size;
  }

  private static long of(PromiseRecord promise) {
    return FRAME
        + of(promise.id())
        + of(promise.param())
        + of(promise.value())
        + of(promise.tags());
  }

  private static long of(ScheduleRecord schedule) {
    return FRAME
        + of(schedule.id())
        + of(schedule.cron())
        + of(schedule.promiseId())
        + of(schedule.promiseParam())
        + of(schedule.promiseTags());
  }

  private static long of(Value value) {
    var headers = value.headers();
    return of(value.data()) + (headers == null ? 0 : of(headers));
  }

  private static long of(Map<String, String> map) {
    long size = 0;
    for (var entry : map.entrySet()) {
      size += PAIR + of(entry.getKey()) + of(entry.getValue());
    }
    return size;
  }

  private static long of(@Nullable String text) {
    return text != null && text.length() <= SHORT ? text.length() : RowSizes.of(text);
  }
}
