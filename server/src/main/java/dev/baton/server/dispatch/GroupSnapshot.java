package dev.baton.server.dispatch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as it stood, for whoever looks from outside the steps of the engine: what of it moves
 * with time alone is worked out by who looks. It never changes, and may be shared between threads.
 */
public final class GroupSnapshot {

  private static final int MOST_LISTED = 20;

  private static final Comparator<GroupView.WorkerView> BY_PID =
      Comparator.comparing(GroupView.WorkerView::pid);

  private final String group;
  private final @Nullable Integer slotsPerWorker;
  private final int ready;
  private final int inFlight;
  private final int suspended;
  private final @Nullable Long oldestReadyAt;
  private final Rate.Counts dispatched;
  private final Rate.Counts fulfilled;
  private final @Nullable Double meanServiceSeconds;
  private final @Nullable Double waitingP95Seconds;
  private final long handedOver;
  private final List<GroupView.Redelivered> redelivered;
  private final GroupView.WorkerView[] unsorted;

  /** Sorted by who looks first. */
  private volatile @Nullable List<GroupView.WorkerView> workers;

  /** How it looks from now on. */
  private volatile @Nullable GroupView still;

  GroupSnapshot(Group of) {
    this.group = of.name;
    this.slotsPerWorker = of.slotsPerWorker;
    this.ready = of.waiting.size();
    this.inFlight = of.held + of.sent;
    this.suspended = of.suspended;
    this.oldestReadyAt = of.waiting.oldestReadyAt();
    this.dispatched = of.dispatched.counts();
    this.fulfilled = of.fulfilled.counts();
    this.meanServiceSeconds = of.service.meanSeconds();
    this.waitingP95Seconds = of.waits.p95Seconds();
    this.handedOver = of.handedOver;
    this.redelivered = redelivered(of);
    this.unsorted = workers(of);
  }

  private static GroupView.WorkerView[] workers(Group of) {
    GroupView.WorkerView[] views = new GroupView.WorkerView[of.workers.size()];
    int count = 0;
    for (Worker worker : of.workers.values()) {
      if (worker.isConnected()) {
        views[count++] = worker.view();
      }
    }
    return count == views.length ? views : Arrays.copyOf(views, count);
  }

  private static List<GroupView.Redelivered> redelivered(Group of) {
    if (of.heldBack.isEmpty()) {
      return List.of();
    }
    return of.heldBack.stream()
        .map(effort ->
            new GroupView.Redelivered(effort.taskId, effort.failed, effort.offeredAgainAt(0)))
        .sorted(
            Comparator.comparingInt(GroupView.Redelivered::failedDeliveries)
                .reversed()
                .thenComparing(GroupView.Redelivered::task))
        .limit(MOST_LISTED)
        .toList();
  }

  /** Its name. */
  public String group() {
    return group;
  }

  /** How many tasks wait for a worker with room. */
  public int ready() {
    return ready;
  }

  /** How many workers are connected. */
  public int connectedWorkers() {
    return unsorted.length;
  }

  /**
   * How it looks at an instant, epoch milliseconds, if nothing has changed since. Where nothing is
   * left that moves with time this is the same object from then on.
   */
  public GroupView at(long now) {
    GroupView known = still;
    if (known != null) {
      return known;
    }
    GroupView view = view(now);
    if (oldestReadyAt == null
        && redelivered.isEmpty()
        && view.dispatchedPerSecond() == 0
        && view.fulfilledPerSecond() == 0) {
      still = view;
    }
    return view;
  }

  private GroupView view(long now) {
    List<GroupView.WorkerView> sorted = workers();
    return new GroupView(
        group,
        slotsPerWorker,
        sorted.size(),
        ready,
        inFlight,
        suspended,
        oldestReadyAt == null ? 0 : Math.max(0, now - oldestReadyAt) / 1000.0,
        dispatched.perSecond(now),
        fulfilled.perSecond(now),
        meanServiceSeconds,
        waitingP95Seconds,
        handedOver,
        redelivered.stream().map(task -> task.at(now)).toList(),
        sorted);
  }

  private List<GroupView.WorkerView> workers() {
    List<GroupView.WorkerView> known = workers;
    if (known == null) {
      GroupView.WorkerView[] sorted = unsorted.clone();
      Arrays.sort(sorted, BY_PID);
      known = List.of(sorted);
      workers = known;
    }
    return known;
  }
}
