package dev.baton.core;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import java.util.Map;

/**
 * What values take in memory, near enough to be held against a budget: the sum for many live
 * promises is within a fifth of what the heap shows.
 */
public final class Sizes {

  /** An entry of the state, its place in the indexes, a promise and its deadline. */
  static final int PROMISE = 320;

  /** A task, its timer, and its place with the dispatcher. */
  static final int TASK = 380;

  static final int SCHEDULE = 400;
  static final int CALLBACK = 200;

  /** A listener, and the message to it that waits. */
  static final int LISTENER = 450;

  private static final int MESSAGE = 120;
  private static final int RECORD = 100;
  private static final int STRING = 48;
  private static final int PAIR = 16;

  /** Up to this length two bytes a character would hardly matter. */
  private static final int SHORT = 64;

  /** What is no longer than this is paid for with the task that holds it. */
  private static final int USUAL_PID = 64;

  private Sizes() {}

  /** Bytes of memory that a text takes. */
  public static long of(String text) {
    int length = text.length();
    return STRING + (length <= SHORT || isLatin(text) ? length : 2L * length);
  }

  /** Whether the JVM holds it with one byte a character. */
  private static boolean isLatin(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of memory that names and values take. */
  public static long of(Map<String, String> map) {
    long bytes = 0;
    for (var entry : map.entrySet()) {
      bytes += of(entry.getKey()) + of(entry.getValue()) + PAIR;
    }
    return bytes;
  }

  /** Bytes of memory that a value takes. */
  public static long of(Value value) {
    var headers = value.headers();
    var data = value.data();
    return (headers == null ? 0 : of(headers)) + (data == null ? 0 : of(data));
  }

  static long of(Promise promise) {
    long bytes = PROMISE + of(promise.id()) + of(promise.tags()) + of(promise.param());
    return promise.state() instanceof PromiseState.Settled(var as, var value, var settledAt)
        ? bytes + of(value)
        : bytes;
  }

  static long of(Task task) {
    return task.state()
                instanceof
                TaskState.Acquired(var pid, var ttlMs, var leaseExpiresAt, var acquiredAt)
            && pid.length() > USUAL_PID
        ? TASK + 2 * of(pid)
        : TASK;
  }

  static long of(Schedule schedule) {
    return SCHEDULE
        + of(schedule.id())
        + of(schedule.cron())
        + of(schedule.promiseId())
        + of(schedule.promiseParam())
        + of(schedule.promiseTags());
  }

  static long ofListener(String address) {
    return LISTENER + 3 * of(address);
  }

  /** Bytes of memory that a record takes, about. */
  public static long of(PromiseRecord promise) {
    return RECORD
        + of(promise.id())
        + of(promise.tags())
        + of(promise.param())
        + of(promise.value());
  }

  /** Bytes that a message takes until it has been sent, about. */
  public static long of(Message message) {
    return switch (message) {
      case Message.Execute(var serverUrl, var taskId, var version) ->
          MESSAGE + serverUrl.length() + taskId.length();
      case Message.Unblock(var promise) -> MESSAGE + of(promise);
      case Message.Settled(var taskId, var version) -> MESSAGE + taskId.length();
    };
  }

  static long characters(Value value) {
    var headers = value.headers();
    var data = value.data();
    return (headers == null ? 0 : characters(headers)) + (data == null ? 0 : data.length());
  }

  static long characters(Map<String, String> map) {
    long count = 0;
    for (var entry : map.entrySet()) {
      count += entry.getKey().length() + entry.getValue().length();
    }
    return count;
  }
}
