package dev.baton.server.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That a worker was sent a task, or took it.
 *
 * @param from when it was taken; null if it never was
 * @param to when it ended; null while it goes on
 * @param end what ended it; null while it goes on
 */
record Attempt(
    long version,
    String pid,
    @Nullable Long sentAt,
    @Nullable Long from,
    @Nullable Long to,
    @Nullable Event end) {

  /** The attempts that a task's events tell of, in their order. */
  static List<Attempt> of(List<Event> events) {
    List<Attempt> attempts = new ArrayList<>();
    Attempt open = null;
    for (Event event : events) {
      String pid = event.pid();
      switch (event.kind()) {
        case SENT -> {
          if (open != null) {
            attempts.add(open);
          }
          open = new Attempt(event.version(), String.valueOf(pid), event.at(), null, null, null);
        }
        case TAKEN -> {
          boolean isSame = open != null && open.from == null && open.pid.equals(pid);
          if (open != null && !isSame) {
            attempts.add(open.ended(event));
          }
          Long sentAt = open != null && isSame ? open.sentAt : null;
          open = new Attempt(event.version(), String.valueOf(pid), sentAt, event.at(), null, null);
        }
        case SUSPENDED, RETURNED, SETTLED, HALTED -> {
          if (open != null) {
            attempts.add(open.ended(event));
          }
          open = null;
        }
        case READY, RESUMED, CONTINUED, CONNECTED, LOST, BACK, DRAINING, GONE -> {}
      }
    }
    if (open != null) {
      attempts.add(open);
    }
    return attempts;
  }

  private Attempt ended(Event by) {
    return new Attempt(version, pid, sentAt, from, by.at(), by);
  }

  void write(ObjectNode node) {
    node.put("version", version);
    node.put("pid", pid);
    if (sentAt != null) {
      node.put("sentAt", sentAt);
    }
    if (from != null) {
      node.put("from", from);
    }
    if (to != null) {
      node.put("to", to);
    }
    if (end != null) {
      node.put("ended", end.kind() == Kind.TAKEN ? "taken" : end.kind().wire());
      Event.Cause cause = end.cause();
      if (cause != null) {
        node.put("cause", cause.wire());
      }
    }
  }
}
