package dev.baton.server.dispatch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group at one moment.
 *
 * @param slotsPerWorker what a worker takes at once that did not say; null means unlimited
 * @param ready tasks that wait for a worker with room
 * @param inFlight tasks that are held, or sent and not yet acquired
 * @param suspended tasks that wait for other promises; they take no slot
 * @param oldestReadySeconds how long the oldest ready task has waited; 0 if none waits
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
    List<WorkerView> workers) {

  /**
   * A connected worker.
   *
   * @param slots what it takes at once; null means unlimited
   * @param load tasks held, and sent and not yet acquired
   * @param connectedAt epoch milliseconds
   */
  public record WorkerView(
      String pid,
      String address,
      @Nullable Integer slots,
      int load,
      boolean draining,
      long connectedAt) {}
}
