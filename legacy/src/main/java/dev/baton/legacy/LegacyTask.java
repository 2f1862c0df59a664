package dev.baton.legacy;

import dev.baton.core.Promise;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.protocol.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task of the old interface.
 *
 * @param carrier the promise that stands for it
 * @param task the carrier's
 */
record LegacyTask(Promise carrier, Task task) {

  /** The task of that id, or null if there is none. */
  static @Nullable LegacyTask of(State state, String id) {
    Promise carrier = Names.isTask(id) ? state.wholePromise(id) : null;
    Task task = carrier == null ? null : state.task(id);
    return carrier == null || task == null || !carrier.tags().containsKey(Names.ROOT)
        ? null
        : new LegacyTask(carrier, task);
  }

  /** The promise that it is for. */
  String root() {
    return root(carrier);
  }

  static String root(Promise carrier) {
    String root = carrier.tags().get(Names.ROOT);
    if (root == null) {
      throw new IllegalStateException(carrier.id() + " is no task");
    }
    return root;
  }

  /** The promise that has settled, or null if the task is an invocation. */
  @Nullable String leaf() {
    return carrier.tags().get(Names.LEAF);
  }

  /** The counter that it is to be claimed with while it is pending. */
  long offeredCounter() {
    return offeredCounter(carrier, task.version());
  }

  /**
   * A task that waits for a leaf was created as taken, so its version is one ahead of that of an
   * invocation.
   */
  static long offeredCounter(Promise carrier, long version) {
    return carrier.tags().containsKey(Names.LEAF) ? version : version + 1;
  }

  /** The version that an offer of that counter has. */
  long offeredVersion(long counter) {
    return leaf() == null ? counter - 1 : counter;
  }

  /** The counter that it is held at while it is acquired. */
  long heldCounter() {
    return leaf() == null ? task.version() : task.version() - 1;
  }

  /** What remains of a task in the value of its carrier. */
  static Value remains(long counter, @Nullable String processId) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(Names.COUNTER, Long.toString(counter));
    if (processId != null) {
      headers.put(Names.PROCESS_ID, processId);
    }
    return new Value(headers, null);
  }
}
