package dev.baton.server.trace;

import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Recorder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two kinds of span, children of the call that their task is for: {@code dispatch}, from when a
 * task is ready until a worker has acquired it, and {@code lease}, for as long as that holds it. So
 * a trace shows what a worker had that has died and sends no spans any more. Whoever steps the
 * engine owns this.
 */
final class TaskSpans implements Recorder {

  static final AttributeKey<String> CALL = AttributeKey.stringKey("baton.call");
  static final AttributeKey<String> GROUP = AttributeKey.stringKey("baton.group");
  static final AttributeKey<String> WORKER = AttributeKey.stringKey("baton.worker");

  /** How often the task had been taken. */
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("baton.attempt");

  /** How the promise was settled, {@code suspended}, {@code halted}, or why it came back. */
  static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("baton.outcome");

  /** So many tasks are followed at once, and no more. */
  private static final int MOST_OPEN = 100_000;

  /** A span that has not ended. */
  private record Open(Context parent, Span span, boolean isLease) {}

  private final Tracer tracer;
  private final Recorder to;
  private final Function<String, @Nullable Map<String, String>> headers;
  private final Map<String, Open> open = new HashMap<>();

  TaskSpans(Tracer tracer, Recorder to, Function<String, @Nullable Map<String, String>> headers) {
    this.tracer = tracer;
    this.to = to;
    this.headers = headers;
  }

  @Override
  public void record(
      long at,
      Kind kind,
      @Nullable String id,
      @Nullable String group,
      @Nullable String pid,
      long version,
      @Nullable Cause cause,
      @Nullable State state) {
    to.record(at, kind, id, group, pid, version, cause, state);
    if (id == null) {
      return;
    }
    switch (kind) {
      case READY, RESUMED, CONTINUED -> dispatch(id, group, at);
      case SENT -> sent(id, pid, at);
      case TAKEN -> lease(id, group, pid, version, at);
      case SUSPENDED, HALTED -> end(id, kind.wire(), false, at);
      case RETURNED -> returned(id, group, cause, at);
      case SETTLED -> end(id, state == null ? kind.wire() : state.wire(), false, at);
      case CONNECTED, LOST, BACK, DRAINING, GONE -> {}
    }
  }

  private void dispatch(String id, @Nullable String group, long at) {
    if (open.containsKey(id)) {
      return; // It is ready again after a pause.
    }
    Context parent = parent(id);
    if (parent != null) {
      begin("dispatch", id, group, parent, false, at);
    }
  }

  private void sent(String id, @Nullable String pid, long at) {
    Open waits = open.get(id);
    if (waits != null && pid != null) {
      waits.span.addEvent("sent", Attributes.of(WORKER, pid), Instant.ofEpochMilli(at));
    }
  }

  private void lease(
      String id, @Nullable String group, @Nullable String pid, long version, long at) {
    Open before = open.get(id);
    Context parent = before == null ? parent(id) : before.parent;
    if (before != null && !before.isLease) {
      before.span.setAttribute(ATTEMPT, version);
    }
    end(id, "acquired", false, at);
    if (parent == null) {
      return;
    }
    Span span = begin("lease", id, group, parent, true, at);
    span.setAttribute(ATTEMPT, version);
    if (pid != null) {
      span.setAttribute(WORKER, pid);
    }
  }

  private void returned(String id, @Nullable String group, @Nullable Cause cause, long at) {
    Open before = open.get(id);
    if (before == null) {
      return;
    }
    String why = cause == null ? Kind.RETURNED.wire() : cause.wire();
    if (!before.isLease) {
      before.span.addEvent(why, Instant.ofEpochMilli(at));
      return;
    }
    end(id, why, cause != Cause.RELEASED, at);
    begin("dispatch", id, group, before.parent, false, at);
  }

  private @Nullable Context parent(String id) {
    return open.size() < MOST_OPEN ? Parents.of(headers.apply(id)) : null;
  }

  private Span begin(
      String name, String id, @Nullable String group, Context parent, boolean isLease, long at) {
    SpanBuilder builder =
        tracer
            .spanBuilder(name)
            .setParent(parent)
            .setStartTimestamp(Instant.ofEpochMilli(at))
            .setAttribute(CALL, id);
    if (group != null) {
      builder.setAttribute(GROUP, group);
    }
    Span span = builder.startSpan();
    open.put(id, new Open(parent, span, isLease));
    return span;
  }

  private void end(String id, String outcome, boolean isLoss, long at) {
    Open ended = open.remove(id);
    if (ended == null) {
      return;
    }
    ended.span.setAttribute(OUTCOME, outcome);
    if (isLoss) {
      ended.span.setStatus(StatusCode.ERROR, outcome);
    }
    ended.span.end(Instant.ofEpochMilli(at));
  }

  @Override
  public void cleared() {
    open.clear();
    to.cleared();
  }
}
