package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A few promises that belong together, and what clients saw of them. Thread-safe. */
final class Origin {

  final String root;
  private final List<Seen> seen = new ArrayList<>();
  private final Map<String, Long> versions = new ConcurrentHashMap<>();

  /** An operation, and during which life of the server it was called. */
  private record Seen(
      Command command, long calledAt, long endedAt, @Nullable Response response, int life) {}

  Origin(String root) {
    this.root = root;
  }

  /** Whether so many operations have been seen. */
  synchronized boolean isFull(int most) {
    return seen.size() >= most;
  }

  /** The version that a task was last seen with. */
  long version(String id) {
    return versions.getOrDefault(id, 0L);
  }

  synchronized void saw(
      Command command, long calledAt, long endedAt, @Nullable Response response, int life) {
    seen.add(new Seen(command, calledAt, endedAt, response, life));
    if (response != null) {
      TaskRecord task =
          switch (response.body()) {
            case Response.Acquired acquired -> acquired.task();
            case Response.OfTask(TaskRecord found) -> found;
            default -> null;
          };
      if (task != null) {
        versions.merge(task.id(), task.version(), Math::max);
      }
    }
  }

  /**
   * The history.
   *
   * @param starts when each life of the server began
   */
  synchronized List<Operation> history(NavigableMap<Integer, Long> starts) {
    List<Operation> history = new ArrayList<>();
    for (Seen operation : seen) {
      Map.Entry<Integer, Long> next = starts.higherEntry(operation.life());
      long endedAt =
          operation.response() != null || next == null ? operation.endedAt() : next.getValue();
      history.add(
          new Operation(operation.command(), operation.calledAt(), endedAt, operation.response()));
    }
    int firstLife = seen.stream().mapToInt(Seen::life).min().orElse(0);
    int lastLife = seen.stream().mapToInt(Seen::life).max().orElse(0);
    if (firstLife < lastLife) {
      Map.Entry<Integer, Long> restart = starts.higherEntry(firstLife);
      versions.forEach((id, latest) -> {
        for (long version = 1; version <= latest + 1; version++) {
          history.add(
              new Operation(
                  new Command.EndLease(id, version), restart.getValue(), Long.MAX_VALUE, null));
        }
      });
    }
    return history;
  }
}
