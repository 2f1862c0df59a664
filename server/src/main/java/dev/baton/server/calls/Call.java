package dev.baton.server.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RowSizes;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A promise as lists show it, without its payload.
 *
 * @param function what its param names; null if nothing
 * @param group of its target; null if it has none, or is posted to a URL
 * @param question what a person is asked who is to settle it; null if nobody is
 */
record Call(
    Promise promise,
    Kind kind,
    @Nullable String function,
    @Nullable String group,
    @Nullable String question,
    long paramBytes,
    long valueBytes) {

  private static final int MOST_QUESTION = 1_000;

  /** What a promise is. */
  enum Kind {
    /** It has a task. */
    CALL,
    TIMER,
    /** A step inside a call. */
    LOCAL,
    /** Somebody outside settles it. */
    EXTERNAL
  }

  static Call of(Promise whole) {
    Kind kind = kind(whole);
    String target = whole.target();
    Value value =
        whole.state() instanceof PromiseState.Settled(_, var settled, _) ? settled : Value.EMPTY;
    String tagged = whole.tags().get("question");
    String question =
        kind != Kind.EXTERNAL
            ? null
            : tagged == null ? Payload.text(whole.param(), MOST_QUESTION) : shortened(tagged);
    return new Call(
        whole.withoutPayload(),
        kind,
        Payload.function(whole.param()),
        target != null && Addresses.parse(target) instanceof Address.Poll poll
            ? poll.group()
            : null,
        question,
        Payload.size(whole.param()),
        Payload.size(value));
  }

  private static String shortened(String text) {
    return text.length() <= MOST_QUESTION ? text : text.substring(0, MOST_QUESTION);
  }

  private static Kind kind(Promise promise) {
    if (promise.target() != null) {
      return Kind.CALL;
    }
    if (promise.isTimer()) {
      return Kind.TIMER;
    }
    String parent = promise.tags().get(Tags.PARENT);
    boolean isInside =
        "local".equals(promise.tags().get(Tags.SCOPE))
            && parent != null
            && !parent.equals(promise.id());
    return isInside ? Kind.LOCAL : Kind.EXTERNAL;
  }

  String id() {
    return promise.id();
  }

  /** About how many it takes while it is kept, and at most in an answer. */
  long bytes() {
    return RowSizes.of(promise)
        + (function == null ? 0 : function.length())
        + (question == null ? 0 : question.length());
  }

  /**
   * What it comes down to.
   *
   * @param task null if it has none, or that is over
   */
  String state(@Nullable Task task) {
    return switch (promise.state()) {
      case PromiseState.Settled(PromiseRecord.State as, _, _) -> as.wire();
      case PromiseState.Pending _ ->
          switch (kind) {
            case CALL -> task == null ? "ready" : state(task.state());
            case TIMER -> "timer";
            case LOCAL -> "local";
            case EXTERNAL -> "external";
          };
    };
  }

  private static String state(TaskState state) {
    return switch (state) {
      case TaskState.Pending(_, boolean offered) -> offered ? "ready" : "delayed";
      case TaskState.Acquired _ -> "held";
      case TaskState.Suspended _ -> "suspended";
      case TaskState.Halted _ -> "halted";
      case TaskState.Fulfilled _ -> "settled";
    };
  }

  /**
   * Writes it.
   *
   * @param task null if it has none, or that is over
   * @param last its last attempt, as far as that is remembered
   * @param awaitedBy who waits for it; shown of what people settle
   */
  void write(ObjectNode to, @Nullable Task task, @Nullable Attempt last, List<String> awaitedBy) {
    to.put("id", promise.id());
    to.put("state", state(task));
    put(to, "function", function);
    put(to, "group", group);
    put(to, "target", promise.target());
    TaskState.Acquired held =
        task != null && task.state() instanceof TaskState.Acquired acquired ? acquired : null;
    put(to, "pid", held != null ? held.pid() : last == null ? null : last.pid());
    if (task != null) {
      to.put("attempt", task.version());
    } else if (last != null) {
      to.put("attempt", last.version());
    }
    put(to, "parent", promise.tags().get(Tags.PARENT));
    put(to, "origin", promise.tags().get(Tags.ORIGIN));
    to.put("createdAt", promise.createdAt());
    Long takenAt =
        held != null && held.acquiredAt() > 0
            ? Long.valueOf(held.acquiredAt())
            : last == null ? null : last.from();
    if (takenAt != null) {
      to.put("takenAt", takenAt);
    }
    if (promise.state() instanceof PromiseState.Settled(_, _, long settledAt)) {
      to.put("settledAt", settledAt);
    }
    to.put("timeoutAt", promise.timeoutAt());
    to.put("kind", kind.name().toLowerCase(Locale.ROOT));
    to.put("paramBytes", paramBytes);
    to.put("valueBytes", valueBytes);
    if (kind == Kind.EXTERNAL) {
      put(to, "question", question);
      var list = to.putArray("awaitedBy");
      awaitedBy.forEach(list::add);
    }
  }

  private static void put(ObjectNode to, String name, @Nullable String value) {
    if (value != null) {
      to.put(name, value);
    }
  }
}
