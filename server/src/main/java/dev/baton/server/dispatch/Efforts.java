package dev.baton.server.dispatch;

import dev.baton.core.Task;
import dev.baton.core.TaskState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of deliveries: how long those that got somewhere took, and how often a task came back
 * unfinished. Known since this process began; the dispatcher owns it.
 */
final class Efforts {

  private final Map<String, Long> acquiredAt = new HashMap<>();

  /** Processes that were told to stop before they were called gone. */
  private final Set<String> excused = new HashSet<>();

  /** A task has moved; its holder before and after, if it has one. */
  void moved(
      Group group, @Nullable String holder, @Nullable String nextHolder, Task after, long now) {
    if (nextHolder != null) {
      if (!nextHolder.equals(holder)) {
        acquiredAt.put(after.id(), now);
      }
      return;
    }
    Long since = acquiredAt.remove(after.id());
    switch (after.state()) {
      case TaskState.Fulfilled _, TaskState.Suspended _ -> {
        if (since != null) {
          group.service.add(now - since);
        }
        group.returned.remove(after.id());
      }
      case TaskState.Halted _ -> group.returned.remove(after.id());
      case TaskState.Pending _ -> {
        if (holder != null) {
          group.handedOver++;
        }
        if (holder != null && !isStopping(group, holder)) {
          group.returned.merge(after.id(), 1, Integer::sum);
        }
      }
      case TaskState.Acquired _ -> {}
    }
  }

  /** What a worker that drains gives back says nothing about the task. */
  private boolean isStopping(Group group, String pid) {
    Worker worker = group.workers.get(pid);
    return excused.contains(pid) || (worker != null && worker.draining);
  }

  /** A process that drains is called gone: its leases are about to end. */
  void excuse(String pid) {
    excused.add(pid);
  }

  /** A process holds nothing any more. */
  void settled(String pid) {
    excused.remove(pid);
  }

  void clear() {
    acquiredAt.clear();
    excused.clear();
  }
}
