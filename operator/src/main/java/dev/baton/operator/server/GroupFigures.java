package dev.baton.operator.server;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A group as the server sees it.
 *
 * @param slotsPerWorker null means unlimited
 * @param ready tasks that wait for a worker with room
 * @param inFlight tasks that are held, or sent and not yet acquired
 * @param oldestReadySeconds how long the oldest waiting task has waited; 0 if none waits
 * @param meanServiceSeconds how long recent tasks were held; null while nothing was measured
 * @param waitingP95Seconds how long all but 5 of 100 of the latest tasks waited at most; null while
 *     nothing was measured
 * @param redelivered tasks that come back unfinished again and again, the worst first
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record GroupFigures(
    String group,
    @Nullable Integer slotsPerWorker,
    int connectedWorkers,
    int ready,
    int inFlight,
    int suspended,
    double oldestReadySeconds,
    @Nullable Double meanServiceSeconds,
    List<Redelivered> redelivered,
    List<Worker> workers,
    @Nullable Double waitingP95Seconds) {

  /** Of a server that does not tell how long tasks have waited. */
  public GroupFigures(
      String group,
      @Nullable Integer slotsPerWorker,
      int connectedWorkers,
      int ready,
      int inFlight,
      int suspended,
      double oldestReadySeconds,
      @Nullable Double meanServiceSeconds,
      List<Redelivered> redelivered,
      List<Worker> workers) {
    this(
        group,
        slotsPerWorker,
        connectedWorkers,
        ready,
        inFlight,
        suspended,
        oldestReadySeconds,
        meanServiceSeconds,
        redelivered,
        workers,
        null);
  }

  /** Takes an absent list for an empty one. */
  @SuppressWarnings("NullAway") // what JSON leaves out arrives as null
  public GroupFigures {
    group = group == null ? "" : group;
    redelivered = redelivered == null ? List.of() : List.copyOf(redelivered);
    workers = workers == null ? List.of() : List.copyOf(workers);
  }

  /**
   * Whether somebody has to act at once. Where tasks only begin and end, which they do all the
   * time, nobody has.
   */
  boolean isNewsAfter(@Nullable GroupFigures before) {
    if (before == null
        || !Objects.equals(slotsPerWorker, before.slotsPerWorker)
        || connectedWorkers != before.connectedWorkers
        || ready > before.ready
        || (ready == 0) != (before.ready == 0)
        || !redelivered.equals(before.redelivered)
        || workers.size() != before.workers.size()) {
      return true;
    }
    for (int i = 0; i < workers.size(); i++) {
      if (workers.get(i).isNewsAfter(before.workers.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The same with another setting. */
  GroupFigures withSlots(@Nullable Integer slots) {
    return new GroupFigures(
        group,
        slots,
        connectedWorkers,
        ready,
        inFlight,
        suspended,
        oldestReadySeconds,
        meanServiceSeconds,
        redelivered,
        workers,
        waitingP95Seconds);
  }

  /** Of a group of which the server knows nothing. */
  public static GroupFigures none(String group) {
    return new GroupFigures(group, null, 0, 0, 0, 0, 0, null, List.of(), List.of());
  }

  /** A task that workers take and do not finish, and how often they have. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Redelivered(String task, int failedDeliveries) {}

  /**
   * A connected worker.
   *
   * @param address as {@link IpAddresses} writes it
   * @param load tasks held, and sent and not yet acquired
   * @param connectedAt epoch milliseconds, by the server's clock
   * @param settled tasks that it ended since it first connected; 0 where the server does not tell
   * @param rejected those of them that it ended with an error
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Worker(
      String pid,
      @Nullable String address,
      @Nullable Integer slots,
      int load,
      boolean draining,
      long connectedAt,
      long settled,
      long rejected) {

    /** Of a server that does not tell how tasks ended. */
    public Worker(
        String pid,
        @Nullable String address,
        @Nullable Integer slots,
        int load,
        boolean draining,
        long connectedAt) {
      this(pid, address, slots, load, draining, connectedAt, 0, 0);
    }

    /** Takes the address in any notation. */
    public Worker {
      address = address == null ? null : IpAddresses.canonical(address);
    }

    /** A task more or less is news of one that drains: it may have become empty. */
    private boolean isNewsAfter(Worker before) {
      return !pid.equals(before.pid)
          || connectedAt != before.connectedAt
          || draining != before.draining
          || (draining && load != before.load)
          || !Objects.equals(slots, before.slots)
          || !Objects.equals(address, before.address);
    }
  }
}
