package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A few promises that belong together, and what clients saw of them. Thread-safe. */
final class Origin {

  /** So long after a loss what was caused by it may still happen. */
  private static final long AFTER_LOSS_NANOS = 8_000_000_000L;

  /** No owner follows another more quickly. */
  private static final long TAKEOVER_NANOS = 20_000_000L;

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
   * The history at several servers. Whatever was not answered may have happened at any time later,
   * held by a server that lives. What may be repeated may have happened once more when an owner was
   * lost; what is refused the second time may have been answered by what the next owner knew of the
   * first.
   *
   * @param losses when owners, or others, were lost
   */
  synchronized List<Operation> history(List<Long> losses) {
    List<Operation> history = new ArrayList<>();
    long firstLoss = Long.MAX_VALUE;
    long begun = seen.stream().mapToLong(Seen::calledAt).min().orElse(Long.MAX_VALUE);
    for (Seen operation : seen) {
      boolean isAcross =
          losses.stream()
              .anyMatch(loss ->
                  loss + AFTER_LOSS_NANOS >= operation.calledAt() && loss <= operation.endedAt());
      Command.Repeated repeated = isAcross ? repeated(operation) : null;
      history.add(
          new Operation(
              repeated == null ? operation.command() : repeated,
              operation.calledAt(),
              operation.endedAt(),
              operation.response()));
      if (repeated != null || (isAcross && mayRepeat(operation.command()))) {
        history.add(
            new Operation(operation.command(), operation.calledAt(), operation.endedAt(), null));
      }
    }
    for (long loss : losses) {
      firstLoss = loss + AFTER_LOSS_NANOS >= begun ? Math.min(firstLoss, loss) : firstLoss;
    }
    if (firstLoss < Long.MAX_VALUE) {
      endLeases(history, firstLoss);
    }
    return history;
  }

  /** What changes something and is sent again by a server whose owner was lost. */
  private static boolean mayRepeat(Command command) {
    return command instanceof Command.Client(Request request)
        && (request instanceof PromiseRequest
            || request instanceof TaskRequest.Heartbeat
            || request instanceof TaskRequest.Halt);
  }

  /** The second of two, if it was answered so and lasted for as long as that takes; else null. */
  private static Command.@Nullable Repeated repeated(Seen operation) {
    return operation.command() instanceof Command.Client(TaskRequest request)
            && (request instanceof TaskRequest.Acquire
                || request instanceof TaskRequest.Fulfill
                || request instanceof TaskRequest.Suspend)
            && operation.response() instanceof Response response
            && response.isSuccess()
            && operation.endedAt() - operation.calledAt() >= TAKEOVER_NANOS
        ? new Command.Repeated(request, Long.MAX_VALUE, -1)
        : null;
  }

  /** From an instant on the server may have ended leases of which it doubts that they are known. */
  private void endLeases(List<Operation> history, long from) {
    versions.forEach((id, latest) -> {
      for (long version = 1; version <= latest + 1; version++) {
        var end = new Command.EndLease(id, version, Checker.NOW, Checker.NOW + Workload.TTL);
        history.add(new Operation(end, from, Long.MAX_VALUE, null));
      }
    });
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
      endLeases(history, restart.getValue());
    }
    return history;
  }
}
