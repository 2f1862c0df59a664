package dev.baton.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows who does which call, names the worker to kill, and times the takeover of its call. Not
 * thread-safe: one thread tells it everything in order.
 */
final class Story {
  private final int calls;
  private final List<String> idle;

  /** What each busy worker has begun. */
  private final Map<String, WorkerEvent> running = new HashMap<>();

  private final Set<String> started = new HashSet<>();
  private final Set<String> repeated = new TreeSet<>();
  private boolean hasFinished;
  private Death death = new NobodyDied();

  private sealed interface Death {}

  private record NobodyDied() implements Death {}

  private record Died(String worker, String call, long atNanos) implements Death {}

  private record TakenOver(String call, long afterNanos) implements Death {}

  /**
   * @param calls how many the client dispatches
   * @param workers all of them, each with one slot
   */
  Story(int calls, List<String> workers) {
    this.calls = calls;
    this.idle = new ArrayList<>(workers);
  }

  /** Returns what there is to say about it. */
  String on(WorkerEvent event, long atNanos) {
    switch (event.kind()) {
      case "started" -> {
        started.add(event.call());
        idle.remove(event.worker());
        running.put(event.worker(), event);
        if (event.attempt() > 1) {
          repeated.add(event.call());
        }
      }
      default -> {
        running.remove(event.worker());
        idle.add(event.worker());
        hasFinished |= event.kind().equals("finished");
      }
    }
    if (death instanceof Died(_, var call, var diedAtNanos)
        && event.kind().equals("started")
        && event.call().equals(call)) {
      death = new TakenOver(call, atNanos - diedAtNanos);
      return "took over %s (cost %d, attempt %d), %d ms after the kill"
          .formatted(call, event.cost(), event.attempt(), (atNanos - diedAtNanos) / 1_000_000);
    }
    return "%-8s %s (cost %d)".formatted(event.kind(), event.call(), event.cost());
  }

  /**
   * The worker that has the longest call of those that run, once all have begun and another worker
   * is idle: then what passes until the call runs again is hand-over, not a queue. On a busy
   * machine the longest of all may be done by then.
   */
  Optional<String> victim() {
    if (!(death instanceof NobodyDied) || idle.isEmpty() || started.size() < calls) {
      return Optional.empty();
    }
    return running.values().stream()
        .max(Comparator.comparingInt(WorkerEvent::cost))
        .map(WorkerEvent::worker);
  }

  /** Returns what there is to say about it. */
  String killed(String worker, long atNanos) {
    var begun = running.remove(worker);
    if (begun == null) {
      throw new IllegalArgumentException(worker + " has no call");
    }
    var call = begun.call();
    death = new Died(worker, call, atNanos);
    return "kill -9 %s, which has %s, the longest call that runs; idle: %s"
        .formatted(worker, call, String.join(", ", idle));
  }

  /** From the kill to the start of the same call on another worker; empty before that. */
  OptionalLong takeoverMs() {
    return death instanceof TakenOver(_, var afterNanos)
        ? OptionalLong.of(afterNanos / 1_000_000)
        : OptionalLong.empty();
  }

  /** Whether some call is done. */
  boolean hasFinished() {
    return hasFinished;
  }

  /** The calls that ran more than once. */
  Set<String> repeated() {
    return Set.copyOf(repeated);
  }
}
