package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Task;
import java.util.HashMap;
import java.util.Map;

/**
 * What it means that nothing is heard of a process: it may come back within the grace time, or its
 * leases are to end; and of a lease that was granted right before an interruption, its holder may
 * not know.
 */
final class Silence {

  /** How long the holder of a doubtful lease has to show that it knows of it. */
  private static final long DOUBT_MS = 1_000;

  private final Timers timers;
  private final Commands commands;
  private final Map<String, Long> lost = new HashMap<>();
  private final Map<String, Long> doubtful = new HashMap<>();

  Silence(Timers timers, Commands commands) {
    this.timers = timers;
    this.commands = commands;
  }

  /** A process has left and may come back for so long. */
  void begin(String pid, long now, long graceMs) {
    lost.put(pid, now);
    timers.add(now + graceMs, new Timers.Timer.GraceOver(pid, now));
  }

  /** Something was heard of a process. */
  void end(String pid) {
    lost.remove(pid);
  }

  /** Whether a silence that began then still lasts; it is over then, either way. */
  boolean takeLasting(String pid, long since) {
    return lost.remove(pid, since);
  }

  /** A process will not come back: its leases are to end. */
  void gone(String pid) {
    commands.add(new Command.EndLeases(pid));
  }

  /** The holder of a lease may not know of it. */
  void doubt(Task held, long now) {
    doubtful.put(held.id(), held.version());
    timers.add(now + DOUBT_MS, new Timers.Timer.DoubtOver(held.id(), held.version()));
  }

  /** A task has moved: whoever moved it knows of it. */
  void trust(String taskId) {
    doubtful.remove(taskId);
  }

  /** The time to show that a lease is known is over: if nobody did, it is to end. */
  void doubtOver(String taskId, long version) {
    if (doubtful.remove(taskId, version)) {
      commands.add(new Command.EndLease(taskId, version));
    }
  }

  void clear() {
    lost.clear();
    doubtful.clear();
  }
}
