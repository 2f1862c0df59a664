package dev.baton.protocol.why;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as the groups API tells it.
 *
 * @param ready tasks that wait for a worker with room
 * @param inFlight tasks that are held, or sent and not yet acquired
 * @param suspended tasks that wait for other promises; they take no slot
 * @param oldestReadySeconds how long the oldest of the ready ones has waited
 */
public record GroupFacts(
    String group,
    int ready,
    int inFlight,
    int suspended,
    double oldestReadySeconds,
    List<WorkerFacts> workers) {

  /**
   * A connected worker.
   *
   * @param slots how many tasks it takes at once; null means unlimited
   * @param load tasks that it holds, or that are sent to it and not yet acquired
   * @param draining whether it gets no new tasks
   * @param connectedAt epoch milliseconds
   */
  public record WorkerFacts(
      String pid,
      String address,
      @Nullable Integer slots,
      int load,
      boolean draining,
      long connectedAt) {

    /** Whether it takes one more. */
    public boolean hasRoom() {
      return !draining && (slots == null || load < slots);
    }
  }

  /** The worker of that name, or null if it is not connected. */
  public @Nullable WorkerFacts worker(String pid) {
    return workers.stream().filter(worker -> worker.pid().equals(pid)).findFirst().orElse(null);
  }
}
