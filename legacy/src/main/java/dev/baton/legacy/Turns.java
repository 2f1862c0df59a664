package dev.baton.legacy;

import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.server.dispatch.Dispatcher;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one root take turns: while one is on offer or claimed, the others wait, the oldest
 * first. The dispatcher sees a task that waits as one whose first offer is yet to come.
 */
final class Turns {

  private static final class Line {
    @Nullable String current;
    final Map<String, Task> waiting = new LinkedHashMap<>();
  }

  private final Function<String, @Nullable Promise> promises;
  private final Map<String, Line> lines = new HashMap<>();
  private final Map<String, String> roots = new HashMap<>();
  private boolean isOpen;

  Turns(Function<String, @Nullable Promise> promises) {
    this.promises = promises;
  }

  void moved(@Nullable Task before, Task after, long now, Dispatcher dispatcher) {
    String root = root(after);
    if (root == null) {
      dispatcher.moved(before, after, now);
      return;
    }
    Line line = lines.computeIfAbsent(root, _ -> new Line());
    switch (after.state()) {
      case TaskState.Pending(_, boolean offered) -> {
        if (offered && !after.id().equals(line.current)) {
          line.waiting.put(after.id(), after);
          dispatcher.moved(before, heldBack(after), now);
        } else {
          dispatcher.moved(before, after, now);
        }
      }
      case TaskState.Acquired(String pid, _, _, _) -> {
        // One that is taken by the server itself is about to wait.
        if (!pid.equals(Names.SERVER)) {
          line.waiting.remove(after.id());
          line.current = after.id();
        }
        dispatcher.moved(before, after, now);
      }
      case TaskState.Suspended _, TaskState.Halted _, TaskState.Fulfilled _ -> {
        line.waiting.remove(after.id());
        if (after.id().equals(line.current)) {
          line.current = null;
        }
        dispatcher.moved(before, after, now);
      }
    }
    if (isOpen) {
      next(line, now, dispatcher);
    }
    if (after.state() instanceof TaskState.Fulfilled) {
      roots.remove(after.id());
      if (line.current == null && line.waiting.isEmpty()) {
        lines.remove(root);
      }
    }
  }

  private @Nullable String root(Task task) {
    String known = roots.get(task.id());
    if (known != null || task.state() instanceof TaskState.Fulfilled) {
      return known;
    }
    Promise carrier = promises.apply(task.id());
    String root = carrier == null ? null : carrier.tags().get(Names.ROOT);
    if (root != null) {
      roots.put(task.id(), root);
    }
    return root;
  }

  private static Task heldBack(Task task) {
    return task.state() instanceof TaskState.Pending(long retryAt, _)
        ? task.with(new TaskState.Pending(retryAt, false))
        : task;
  }

  private static void next(Line line, long now, Dispatcher dispatcher) {
    if (line.current == null && !line.waiting.isEmpty()) {
      Task task = line.waiting.values().iterator().next();
      line.waiting.remove(task.id());
      line.current = task.id();
      dispatcher.moved(heldBack(task), task, now);
    }
  }

  /** All tasks of the store have been shown: those that were offered first go on. */
  void open(long now, Dispatcher dispatcher) {
    isOpen = true;
    for (Line line : lines.values()) {
      if (line.current == null) {
        line.waiting.values().stream()
            .min(Comparator.comparingLong(Turns::offeredAt))
            .ifPresent(task -> {
              line.waiting.remove(task.id());
              line.current = task.id();
              dispatcher.moved(heldBack(task), task, now);
            });
      }
    }
  }

  /** Grows with the instant of the offer. */
  private static long offeredAt(Task task) {
    return task.state() instanceof TaskState.Pending(long retryAt, _) ? retryAt : Long.MAX_VALUE;
  }

  void clear() {
    lines.clear();
    roots.clear();
  }
}
