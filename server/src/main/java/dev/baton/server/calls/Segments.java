package dev.baton.server.calls;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.server.record.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call did from when to when, as far as it is remembered. */
final class Segments {

  private final ArrayNode to;
  private @Nullable String state;
  private @Nullable String pid;
  private long from;

  private Segments(ArrayNode to) {
    this.to = to;
  }

  /**
   * Writes them.
   *
   * @param events of the call, in their order
   */
  static void write(Call call, @Nullable Task task, List<Event> events, ArrayNode to) {
    long createdAt = call.promise().createdAt();
    Segments segments = new Segments(to);
    switch (call.kind()) {
      case TIMER -> segments.begin("timer", null, createdAt);
      case LOCAL -> segments.begin("running", null, createdAt);
      case EXTERNAL -> segments.begin("waiting", null, createdAt);
      case CALL -> segments.ofTask(task, events, createdAt);
    }
    if (call.promise().state() instanceof PromiseState.Settled(_, _, long settledAt)) {
      segments.end(settledAt);
    } else {
      segments.goOn();
    }
  }

  private void ofTask(@Nullable Task task, List<Event> events, long createdAt) {
    boolean isWhole = !events.isEmpty() && events.getFirst().at() <= createdAt + 1;
    begin(isWhole ? "waiting" : "unknown", null, createdAt);
    for (Event event : events) {
      switch (event.kind()) {
        case READY, RESUMED, RETURNED, CONTINUED -> next("waiting", null, event.at());
        case SENT -> next("sent", event.pid(), event.at());
        case TAKEN -> next("running", event.pid(), event.at());
        case SUSPENDED -> next("suspended", null, event.at());
        case HALTED -> next("halted", null, event.at());
        case SETTLED, CONNECTED, LOST, BACK, DRAINING, GONE -> {}
      }
    }
    if (events.isEmpty() && task != null) {
      now(task.state());
    }
  }

  /** Nothing is remembered but how it stands. */
  private void now(TaskState state) {
    switch (state) {
      case TaskState.Pending _ -> begin("waiting", null, from);
      case TaskState.Acquired held -> {
        if (held.acquiredAt() > 0) {
          next("running", held.pid(), held.acquiredAt());
        } else {
          begin("running", held.pid(), from);
        }
      }
      case TaskState.Suspended _ -> begin("suspended", null, from);
      case TaskState.Halted _ -> begin("halted", null, from);
      case TaskState.Fulfilled _ -> {}
    }
  }

  private void begin(String state, @Nullable String pid, long at) {
    this.state = state;
    this.pid = pid;
    this.from = at;
  }

  private void next(String state, @Nullable String pid, long at) {
    if (state.equals(this.state) && pid == null && this.pid == null) {
      return;
    }
    if (at > from) {
      end(at);
    }
    begin(state, pid, Math.max(at, from));
  }

  private void end(long at) {
    add().put("to", Math.max(at, from));
  }

  private void goOn() {
    add();
  }

  private ObjectNode add() {
    ObjectNode node = to.addObject();
    node.put("state", state);
    node.put("from", from);
    if (pid != null) {
      node.put("pid", pid);
    }
    return node;
  }
}
