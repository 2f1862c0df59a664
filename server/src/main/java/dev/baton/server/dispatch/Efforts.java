package dev.baton.server.dispatch;

import dev.baton.core.Task;
import dev.baton.core.TaskState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of deliveries: how long those that got somewhere took, and which tasks came back
 * unfinished. Known since this process began, of tasks that are not fulfilled; the dispatcher owns
 * it.
 */
final class Efforts {

  private static final int MOST_REASON = 500;

  private final long mostMs;
  private final Map<String, Effort> efforts = new HashMap<>();

  /** Processes that were told to stop before they were called gone. */
  private final Set<String> excused = new HashSet<>();

  /**
   * @param mostMs the longest time between two deliveries of a task
   */
  Efforts(long mostMs) {
    this.mostMs = mostMs;
  }

  /** What is known of a task that has come back; null if it has not, or got somewhere since. */
  @Nullable Effort of(String taskId) {
    return efforts.get(taskId);
  }

  /**
   * A task has moved.
   *
   * @param group that it is for; null if it is for none
   * @param held how it was held before; null if it was not
   */
  void moved(@Nullable Group group, TaskState.@Nullable Acquired held, Task after, long now) {
    switch (after.state()) {
      case TaskState.Fulfilled _, TaskState.Suspended _ -> {
        if (held != null && group != null && held.acquiredAt() > 0) {
          group.service.add(now - held.acquiredAt());
        }
        forget(group, after.id());
      }
      case TaskState.Halted _ -> forget(group, after.id());
      case TaskState.Pending _ -> {
        if (held != null) {
          cameBack(group, held, after.id(), now);
        }
      }
      case TaskState.Acquired _ -> {}
    }
  }

  private void cameBack(@Nullable Group group, TaskState.Acquired held, String taskId, long now) {
    if (group != null) {
      group.handedOver++;
    }
    if (isStopping(group, held.pid())) {
      Effort known = efforts.get(taskId);
      if (known != null) {
        known.excused();
      }
      return;
    }
    Effort effort = efforts.computeIfAbsent(taskId, Effort::new);
    effort.failed(held, now, mostMs);
    if (effort.isHeldBack() && group != null) {
      group.heldBack.add(effort);
    }
  }

  /** What a worker that drains gives back says nothing about the task. */
  private boolean isStopping(@Nullable Group group, String pid) {
    Worker worker = group == null ? null : group.workers.get(pid);
    return excused.contains(pid) || (worker != null && worker.draining);
  }

  private void forget(@Nullable Group group, String taskId) {
    Effort effort = efforts.remove(taskId);
    if (effort != null && group != null) {
      group.heldBack.remove(effort);
    }
  }

  /** Who has given a task back says why. */
  void explain(String taskId, String reason) {
    Effort effort = efforts.get(taskId);
    if (effort != null) {
      effort.reason =
          reason.length() <= MOST_REASON ? reason : reason.substring(0, MOST_REASON) + "...";
    }
  }

  /** A process that drains is called gone: its leases are about to end. */
  void excuse(String pid) {
    excused.add(pid);
  }

  /** A process holds nothing any more. */
  void settled(String pid) {
    excused.remove(pid);
  }

  /** Pauses end so much later. */
  void move(long byMs) {
    efforts.values().forEach(effort -> effort.againAt += byMs);
  }

  void clear() {
    efforts.clear();
    excused.clear();
  }
}
