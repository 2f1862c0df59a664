package dev.baton.server.dispatch;

import java.util.Comparator;
import java.util.List;

/** Takes a picture of a group. */
final class Views {

  /** One failed delivery is a dead worker, three are a pattern. */
  private static final int LEAST_RETURNS = 3;

  private static final int MOST_LISTED = 20;

  private Views() {}

  static GroupView of(Group group, long now) {
    List<GroupView.WorkerView> workers =
        group.workers.values().stream()
            .filter(Worker::isConnected)
            .sorted(Comparator.comparing((Worker worker) -> worker.pid))
            .map(Views::of)
            .toList();
    Long oldest = group.oldestReadyAt();
    return new GroupView(
        group.name,
        group.slotsPerWorker,
        workers.size(),
        group.ready(),
        group.held + group.sent,
        group.suspended,
        oldest == null ? 0 : Math.max(0, now - oldest) / 1000.0,
        group.dispatched.perSecond(now),
        group.fulfilled.perSecond(now),
        group.service.meanSeconds(),
        group.handedOver,
        redelivered(group),
        workers);
  }

  private static List<GroupView.Redelivered> redelivered(Group group) {
    return group.returned.entrySet().stream()
        .filter(entry -> entry.getValue() >= LEAST_RETURNS)
        .map(entry -> new GroupView.Redelivered(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparingInt(GroupView.Redelivered::failedDeliveries)
                .reversed()
                .thenComparing(GroupView.Redelivered::task))
        .limit(MOST_LISTED)
        .toList();
  }

  private static GroupView.WorkerView of(Worker worker) {
    return new GroupView.WorkerView(
        worker.pid,
        worker.links.getFirst().address(),
        worker.slots(),
        worker.load(),
        worker.draining,
        worker.connectedAt);
  }
}
