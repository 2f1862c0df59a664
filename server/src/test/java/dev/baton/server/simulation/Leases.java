package dev.baton.server.simulation;

import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.TaskRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long leases last, by the time that really passed: of each, when its holder was last heard,
 * and since when the server listens. It knows nothing of the server's clock, timers and doubts.
 */
final class Leases {

  /** How long clients may take to find a server again that was away. */
  private static final long RECONNECT_MS = 2_000;

  /**
   * What came from a holder.
   *
   * @param inTimeAt when the last came that was not too late
   * @param lastAt when the last came
   */
  private record Heard(String pid, long version, long ttlMs, long inTimeAt, long lastAt) {}

  private final LongSupplier time;
  private final Map<String, Heard> heard = new HashMap<>();
  private long listensSince;
  private long failedAt;

  /**
   * @param time that really passes
   */
  Leases(LongSupplier time) {
    this.time = time;
  }

  /** The server listens, after a time in which it did not. */
  void listens() {
    listensSince = time.getAsLong();
  }

  /** Leases may last their full length again from now on. */
  void forgive() {
    failedAt = time.getAsLong();
  }

  /**
   * A transaction could not be saved.
   *
   * @param isAnybodyRefused whether clients were told so
   */
  void failed(boolean isAnybodyRefused) {
    failedAt = time.getAsLong();
    if (isAnybodyRefused) {
      listens(); // What could not be saved was not heard.
    }
  }

  /** What has been saved of a task. */
  void moved(Task after) {
    if (after.state() instanceof TaskState.Acquired held) {
      long now = time.getAsLong();
      Heard known = heard.get(after.id());
      if (known == null || known.version() != after.version()) {
        heard.put(after.id(), new Heard(held.pid(), after.version(), held.ttlMs(), now, now));
      }
    } else {
      heard.remove(after.id());
    }
  }

  /** A heartbeat has come, whether or not anybody has looked at it yet. */
  void heard(TaskRequest.Heartbeat heartbeat) {
    if (heartbeat.tasks().isEmpty()) {
      heard.replaceAll((_, known) -> heard(known, heartbeat.pid()));
    }
    for (TaskRequest.TaskRef task : heartbeat.tasks()) {
      heard.computeIfPresent(
          task.id(),
          (_, known) -> known.version() == task.version() ? heard(known, heartbeat.pid()) : known);
    }
  }

  private Heard heard(Heard known, String pid) {
    if (!known.pid().equals(pid)) {
      return known;
    }
    long now = time.getAsLong();
    boolean isInTime = silentMs(known.inTimeAt()) < known.ttlMs();
    return new Heard(pid, known.version(), known.ttlMs(), isInTime ? now : known.inTimeAt(), now);
  }

  /** Whether the time of a task's lease is over, for as long as the server could have heard. */
  boolean mayEnd(Task task) {
    Heard known = heard.get(task.id());
    return known == null || silentMs(known.inTimeAt()) >= known.ttlMs();
  }

  private long silentMs(long since) {
    return time.getAsLong() - Math.max(since, listensSince);
  }

  /**
   * All that is due has been done.
   *
   * @param slackMs how long a step takes
   */
  void stepped(long slackMs) {
    heard.forEach((id, known) ->
        Ledger.check(
            silentMs(Math.max(known.lastAt(), failedAt)) - RECONNECT_MS - slackMs <= known.ttlMs(),
            "a lease ends when nobody prolongs it",
            "%s of %s",
            known,
            id));
  }
}
