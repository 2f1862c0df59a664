package dev.baton.server.calls;

import dev.baton.server.record.Event;
import dev.baton.server.record.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the ring remembers of some tasks. */
final class History {

  private History() {}

  /** The events of each of them, in their order. */
  static Map<String, List<Event>> of(Ring ring, Set<String> ids) {
    Map<String, List<Event>> found = new HashMap<>();
    for (long seq = ring.first(); seq < ring.next(); seq++) {
      Event event = ring.find(seq);
      if (event != null && event.id() != null && ids.contains(event.id())) {
        found.computeIfAbsent(event.id(), _ -> new ArrayList<>()).add(event);
      }
    }
    return found;
  }
}
