package dev.baton.server.dispatch;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A group at one moment.
 *
 * @param slotsPerWorker what a worker takes at once that did not say; null means unlimited
 * @param ready tasks that wait for a worker with room
 * @param inFlight tasks that are held, or sent and not yet acquired
 * @param suspended tasks that wait for other promises; they take no slot
 * @param oldestReadySeconds how long the oldest ready task has waited; 0 if none waits
 * @param meanServiceSeconds how long recent tasks were held until they ended or waited for others;
 *     null while nothing has been measured
 * @param waitingP95Seconds how long all but five of a hundred of the latest tasks waited at most;
 *     null while nothing has been measured
 * @param handedOver tasks that a worker took and did not finish, since this process began
 * @param redelivered tasks that have come back unfinished again and again, the worst first
 */
public record GroupView(
    String group,
    @Nullable Integer slotsPerWorker,
    int connectedWorkers,
    int ready,
    int inFlight,
    int suspended,
    double oldestReadySeconds,
    double dispatchedPerSecond,
    double fulfilledPerSecond,
    @Nullable Double meanServiceSeconds,
    @Nullable Double waitingP95Seconds,
    long handedOver,
    List<Redelivered> redelivered,
    List<WorkerView> workers) {

  /**
   * A task that workers have taken and not finished.
   *
   * @param failedDeliveries how often, since it last ended a step and since the server began
   * @param offeredAgainAt when it is offered again, epoch milliseconds; null if it is not held back
   */
  public record Redelivered(String task, int failedDeliveries, @Nullable Long offeredAgainAt) {

    Redelivered at(long now) {
      return offeredAgainAt == null || offeredAgainAt > now
          ? this
          : new Redelivered(task, failedDeliveries, null);
    }
  }

  /** One of which nothing is known. */
  public static GroupView nothing(String group) {
    return new GroupView(group, null, 0, 0, 0, 0, 0, 0, 0, null, null, 0, List.of(), List.of());
  }

  /** The same for somebody to whom not every task may be named. */
  public GroupView naming(Predicate<String> isNamed) {
    if (redelivered.isEmpty()) { // As it is of nearly all, and lists have thousands.
      return this;
    }
    List<Redelivered> named =
        redelivered.stream().filter(task -> isNamed.test(task.task())).toList();
    return named.size() == redelivered.size()
        ? this
        : new GroupView(
            group,
            slotsPerWorker,
            connectedWorkers,
            ready,
            inFlight,
            suspended,
            oldestReadySeconds,
            dispatchedPerSecond,
            fulfilledPerSecond,
            meanServiceSeconds,
            waitingP95Seconds,
            handedOver,
            named,
            workers);
  }

  /** The greatest load of a worker; 0 without workers. */
  public int greatestLoad() {
    int greatest = 0; // A stream for each of thousands of groups is more than all else of a scrape.
    for (WorkerView worker : workers) {
      greatest = Math.max(greatest, worker.load());
    }
    return greatest;
  }

  /** The least load of a worker; 0 without workers. */
  public int leastLoad() {
    int least = workers.isEmpty() ? 0 : Integer.MAX_VALUE;
    for (WorkerView worker : workers) {
      least = Math.min(least, worker.load());
    }
    return least;
  }

  /** Whether nothing has changed but the clock and what is counted by it. */
  public boolean isSameAtAnotherTime(GroupView other) {
    return ready == other.ready
        && inFlight == other.inFlight
        && suspended == other.suspended
        && Objects.equals(slotsPerWorker, other.slotsPerWorker)
        && Objects.equals(meanServiceSeconds, other.meanServiceSeconds)
        && redelivered.equals(other.redelivered)
        && workers.equals(other.workers);
  }

  /**
   * A connected worker.
   *
   * @param slots what it takes at once; null means unlimited
   * @param load tasks held, and sent and not yet acquired
   * @param connectedAt epoch milliseconds
   * @param settled tasks that ended while it held them, since it first connected
   * @param rejected those of them that ended with an error, or too late
   */
  public record WorkerView(
      String pid,
      String address,
      @Nullable Integer slots,
      int load,
      boolean draining,
      long connectedAt,
      long settled,
      long rejected) {}
}
