package dev.baton.core;

import dev.baton.protocol.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many bytes rows take in an answer, about: their texts exactly, the rest by a flat rate. */
public final class RowSizes {

  /** Names of members, numbers and braces. */
  private static final long FRAME = 200;

  private static final long PAIR = 6;

  private RowSizes() {}

  /** The bytes of a promise. */
  public static long of(Promise promise) {
    long size = FRAME + of(promise.id()) + of(promise.param()) + of(promise.tags());
    return promise.state() instanceof PromiseState.Settled settled
        ? size + of(settled.value())
        : size;
  }

  /** The bytes of a task. */
  public static long of(Task task) {
    return FRAME
        + of(task.id())
        + (task.state() instanceof TaskState.Acquired acquired ? of(acquired.pid()) : 0);
  }

  /** The bytes of a schedule. */
  public static long of(Schedule schedule) {
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

  /** The bytes of a text in JSON. */
  static long of(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    long size = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        size += 5;
      } else if (c == '"' || c == '\\') {
        size += 1;
      } else if (c >= '\u0080') {
        size += c < '\u0800' || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return size;
  }
}
