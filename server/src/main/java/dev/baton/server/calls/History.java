package dev.baton.server.calls;

import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.server.record.Event;
import dev.baton.server.record.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the ring remembers of some tasks. */
final class History {

  /** An event may be told a while after the instant that its promise names. */
  private static final long LATE_MS = 60_000;

  private History() {}

  /** The events of each of them, in their order. */
  static Map<String, List<Event>> of(Ring ring, List<Promise> promises) {
    long remembered = ring.firstAt() - LATE_MS;
    Set<String> ids = new HashSet<>();
    long since = Long.MAX_VALUE;
    for (Promise promise : promises) {
      boolean isOver =
          promise.state() instanceof PromiseState.Settled(_, _, long at) && at < remembered;
      if (!isOver) {
        ids.add(promise.id());
        since = Math.min(since, promise.createdAt());
      }
    }
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<String, List<Event>> found = new HashMap<>();
    for (Event event : ring.ofTasks(ids, since - LATE_MS)) {
      found.computeIfAbsent(String.valueOf(event.id()), _ -> new ArrayList<>()).add(event);
    }
    return found;
  }
}
