package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.TaskRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What it means that nothing is heard of a process: it may come back within the grace time, or its
 * leases are to end; and of a lease that was granted right before an interruption, its holder may
 * not know.
 */
final class Silence {

  private final Timers timers;
  private final Commands commands;

  /**
   * Since when nothing is heard, by process and by the reach of the link that ended: others may use
   * the same name for a process of theirs.
   */
  private final Map<String, Map<String, Long>> lost = new HashMap<>();

  /** Leases whose holders may not know of them. */
  private final Map<String, Task> doubtful = new HashMap<>();

  Silence(Timers timers, Commands commands) {
    this.timers = timers;
    this.commands = commands;
  }

  /** A process has left and may come back for so long. */
  void begin(String group, String pid, String reach, long now, long graceMs) {
    lost.computeIfAbsent(pid, _ -> new HashMap<>(2)).put(reach, now);
    timers.add(now + graceMs, new Timers.Timer.GraceOver(group, pid, reach, now));
  }

  /** Something was heard of a process, whatever it holds. */
  void end(String pid) {
    lost.remove(pid);
  }

  /** Something was heard of a process by who may touch tasks of that reach. */
  void endWithin(String pid, String reach) {
    endIf(pid, silent -> silent.startsWith(reach));
  }

  /** Something was heard of a process that concerns a task. */
  void endFor(String pid, String taskId) {
    endIf(pid, taskId::startsWith);
  }

  private void endIf(String pid, Predicate<String> isMeant) {
    Map<String, Long> ofPid = lost.get(pid);
    if (ofPid != null && ofPid.keySet().removeIf(isMeant) && ofPid.isEmpty()) {
      lost.remove(pid);
    }
  }

  /** Whether a silence that began then still lasts; it is over then, either way. */
  boolean takeLasting(String pid, String reach, long since) {
    Map<String, Long> ofPid = lost.get(pid);
    if (ofPid == null || !ofPid.remove(reach, since)) {
      return false;
    }
    if (ofPid.isEmpty()) {
      lost.remove(pid);
    }
    return true;
  }

  /** A process will not come back: its leases are to end. */
  void gone(String pid, String reach, Command.Loss loss) {
    commands.add(new Command.EndLeases(pid, reach, loss));
  }

  /** The holder of a lease may not know of it. */
  void doubt(Task held) {
    doubtful.put(held.id(), held);
  }

  /** A task has moved: whoever moved it knows of it. */
  void trust(String taskId) {
    doubtful.remove(taskId);
  }

  /** Who asks for a task that it already holds was never answered the first time. */
  void asked(TaskRequest.Acquire acquire) {
    if (doubtful.isEmpty()) {
      return;
    }
    Task held = doubtful.get(acquire.id());
    if (held != null
        && held.state() instanceof TaskState.Acquired lease
        && lease.pid().equals(acquire.pid())
        && held.version() == acquire.version() + 1) {
      doubtful.remove(acquire.id());
      commands.add(
          new Command.EndLease(
              held.id(), held.version(), lease.acquiredAt(), lease.leaseExpiresAt()));
    }
  }

  void clear() {
    lost.clear();
    doubtful.clear();
  }
}
