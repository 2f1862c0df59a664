package dev.baton.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request: a status (protocol section 4) and the data that goes with it.
 *
 * @param status 200, 300 or at least 400; the HTTP status is always the same
 */
public record Response(int status, Body body) {

  /** The answer's {@code data}. */
  public sealed interface Body {}

  /** A refusal; {@code data} is the text. */
  public record Failure(String text) implements Body {}

  /** {@code {}}. */
  public record Empty() implements Body {}

  /** {@code {promise}}. */
  public record OfPromise(PromiseRecord promise) implements Body {}

  /** {@code {task}}. */
  public record OfTask(TaskRecord task) implements Body {}

  /** {@code {schedule}}. */
  public record OfSchedule(ScheduleRecord schedule) implements Body {}

  /** {@code {task, promise, preload}}. */
  public record Acquired(TaskRecord task, PromiseRecord promise, List<PromiseRecord> preload)
      implements Body {}

  /** {@code {preload}}. */
  public record Preload(List<PromiseRecord> preload) implements Body {}

  /**
   * {@code {action, preload}}.
   *
   * @param kind the inner request's kind
   */
  public record Fenced(String kind, Response action, List<PromiseRecord> preload) implements Body {}

  /** {@code {promises, cursor?}}. */
  public record PromisePage(List<PromiseRecord> promises, @Nullable String cursor)
      implements Body {}

  /** {@code {tasks, cursor?}}. */
  public record TaskPage(List<TaskRecord> tasks, @Nullable String cursor) implements Body {}

  /** {@code {schedules, cursor?}}. */
  public record SchedulePage(List<ScheduleRecord> schedules, @Nullable String cursor)
      implements Body {}

  /** The answer to a tick: {@code []}. */
  public record Ticked() implements Body {}

  /** The whole state (protocol section 11). */
  public record Snapshot(
      List<PromiseRecord> promises,
      List<Timeout> promiseTimeouts,
      List<Callback> callbacks,
      List<Listener> listeners,
      List<TaskRecord> tasks,
      List<TaskTimeout> taskTimeouts,
      List<QueuedMessage> messages)
      implements Body {

    /** A deadline. */
    public record Timeout(String id, long timeout) {}

    /** A waiting callback. */
    public record Callback(String awaiter, String awaited) {}

    /** A waiting listener. */
    public record Listener(String id, String address) {}

    /**
     * A task's timer.
     *
     * @param type 0 retry, 1 lease
     */
    public record TaskTimeout(String id, int type, long timeout) {}

    /** A message that waits for delivery; its head is shown empty. */
    public record QueuedMessage(String address, Message message) {}
  }

  /** 200 with that body. */
  public static Response ok(Body body) {
    return new Response(200, body);
  }

  /** 200 with {@code {}}. */
  public static Response ok() {
    return new Response(200, new Empty());
  }

  /** A refusal. */
  public static Response failure(int status, String text) {
    return new Response(status, new Failure(text));
  }

  /** Whether the status is below 400. */
  public boolean isSuccess() {
    return status < 400;
  }
}
