package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a search wants (protocol sections 8.6, 9.10 and 10.4): by their stored state, no
 * deadline is applied, and in the order of {@link IdOrder}.
 */
public sealed interface Query {

  /**
   * Promises.
   *
   * @param state null: in any
   * @param tags what they must have, among others
   * @param prefix what their ids start with
   */
  record Promises(PromiseRecord.@Nullable State state, Map<String, String> tags, String prefix)
      implements Query {

    /** All of them. */
    public static final Promises ALL = startingWith("");

    /** What a request wants. */
    public static Promises of(PromiseRequest.Search search) {
      return new Promises(search.state(), orEmpty(search.tags()), "");
    }

    /** All whose id starts like that. */
    public static Promises startingWith(String prefix) {
      return new Promises(null, Map.of(), prefix);
    }

    /** Whether it wants a promise. */
    public boolean matches(Promise promise) {
      return matches(promise.state())
          && containsAll(promise.tags(), tags)
          && promise.id().startsWith(prefix);
    }

    /** Whether the rows begin with the prefix, and not beyond the id where the last look ended. */
    public boolean beginsWithPrefix(@Nullable String after) {
      return after == null || IdOrder.INSTANCE.compare(after, prefix) < 0;
    }

    private boolean matches(PromiseState stored) {
      return state == null
          || switch (stored) {
            case PromiseState.Pending ignored -> state == PromiseRecord.State.PENDING;
            case PromiseState.Settled(var as, var value, var settledAt) -> state == as;
          };
    }
  }

  /**
   * Tasks.
   *
   * @param state null: in any
   */
  record Tasks(TaskRecord.@Nullable State state) implements Query {

    /** All of them. */
    public static final Tasks ALL = new Tasks(null);

    /** What a request wants. */
    public static Tasks of(TaskRequest.Search search) {
      return new Tasks(search.state());
    }

    /** Whether it wants a task. */
    public boolean matches(Task task) {
      return state == null
          || switch (task.state()) {
            case TaskState.Pending ignored -> state == TaskRecord.State.PENDING;
            case TaskState.Acquired ignored -> state == TaskRecord.State.ACQUIRED;
            case TaskState.Suspended ignored -> state == TaskRecord.State.SUSPENDED;
            case TaskState.Halted ignored -> state == TaskRecord.State.HALTED;
            case TaskState.Fulfilled ignored -> state == TaskRecord.State.FULFILLED;
          };
    }
  }

  /**
   * Schedules.
   *
   * @param tags what the tags of their promises must contain
   */
  record Schedules(Map<String, String> tags) implements Query {

    /** All of them. */
    public static final Schedules ALL = new Schedules(Map.of());

    /** What a request wants. */
    public static Schedules of(ScheduleRequest.Search search) {
      return new Schedules(orEmpty(search.tags()));
    }

    /** Whether it wants a schedule. */
    public boolean matches(Schedule schedule) {
      return containsAll(schedule.promiseTags(), tags);
    }
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> tags) {
    return tags == null ? Map.of() : tags;
  }

  private static boolean containsAll(Map<String, String> tags, Map<String, String> wanted) {
    for (var entry : wanted.entrySet()) {
      if (!entry.getValue().equals(tags.get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
