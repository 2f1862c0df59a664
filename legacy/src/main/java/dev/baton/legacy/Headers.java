package dev.baton.legacy;

import dev.baton.core.State;
import dev.baton.core.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * What a request's headers say.
 *
 * @param isStrict whether a repetition that comes too late is refused
 * @param key the idempotency key, or null
 * @param task the id of a task that must be claimed, or null
 * @param counter the counter that it must be claimed at
 */
record Headers(boolean isStrict, @Nullable String key, @Nullable String task, long counter) {

  /** Reads them; null where one is absent. */
  static Headers of(
      @Nullable String strict,
      @Nullable String key,
      @Nullable String task,
      @Nullable String counter) {
    return new Headers(
        strict != null && isTrue(strict),
        key == null || key.isEmpty() ? null : key,
        task == null || counter == null ? null : task,
        task == null || counter == null ? 0 : number(counter));
  }

  private static boolean isTrue(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw new BadRequestException("strict must be true or false, not " + text);
    };
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadRequestException("task-counter must be an integer, not " + text);
    }
  }

  /** Whether the task that is named, if one is, is claimed at its counter. */
  boolean isFenced(State state) {
    if (task == null) {
      return true;
    }
    LegacyTask known = LegacyTask.of(state, task);
    return known != null
        && known.task().state() instanceof TaskState.Acquired
        && known.heldCounter() == counter;
  }
}
