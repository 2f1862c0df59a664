package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Growth;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What is live and what it may come to, counted anew from what has been saved. Whether a pending
 * promise has its payload in memory is the server's business, so there is a least and a most.
 */
final class LiveBooks {

  /** A limit that no history comes near. */
  static final long UNBOUNDED = Long.MAX_VALUE / 2;

  private final Disk truth;
  private final long limit;
  private final BooleanSupplier isRoomy;

  // In a transaction: what is live with all that has been decided in it so far.
  private long least;
  private long most;
  private final Map<String, Long> schedules = new HashMap<>();
  private long leastBefore;
  private long mostBefore;
  private Command command = new Command.CutLeases();
  private List<Change> decided = List.of();

  /**
   * Books of a server with that limit.
   *
   * @param isRoomy whether there is room for everything after all
   */
  LiveBooks(Disk truth, long limit, BooleanSupplier isRoomy) {
    this.truth = truth;
    this.limit = limit;
    this.isRoomy = isRoomy;
  }

  private boolean isBounded() {
    return limit < UNBOUNDED && !isRoomy.getAsBoolean();
  }

  private long mostToBegin() {
    return limit - limit / 8;
  }

  private long mostOfSchedules() {
    return limit / 4;
  }

  private long scheduleBytes() {
    return schedules.values().stream().mapToLong(Long::longValue).sum();
  }

  // A transaction.

  /** A transaction begins, or is tried again. */
  void begin() {
    if (isBounded()) {
      count();
      leastBefore = least;
      mostBefore = most;
      decided = List.of();
    }
  }

  /** The rules have decided something; whether it happens is the server's decision. */
  void decided(Command command, Outcome outcome) {
    if (isBounded()) {
      this.command = command;
      this.decided = outcome.changes();
      if (command instanceof Command.Tick(_, _, boolean withRuns)) {
        check(
            withRuns ? leastBefore < mostToBegin() : mostBefore >= mostToBegin(),
            "schedules run when there is room for something new, and only then",
            withRuns ? "they run" : "they wait");
      }
    }
  }

  /** The server lets these changes happen: those that were decided last, or nothing of them. */
  void saving(List<Change> changes) {
    if (!isBounded()) {
      return;
    }
    long growth = Growth.of(decided);
    long bound = begins() ? mostToBegin() : limit;
    long scheduleBytesBefore = scheduleBytes();
    if (!changes.isEmpty()) {
      changes.forEach(this::countSchedules);
      least += Growth.of(withoutPayload(decided));
      most += Growth.of(withoutSettlements(decided));
      check(
          !isOfClient() || growth <= 0 || least <= bound,
          begins()
              ? "what begins something new leaves an eighth of the room to what runs"
              : "what is live stays within its room",
          "it happens");
      check(
          !definesSchedule() || growth <= 0 || scheduleBytes() <= mostOfSchedules(),
          "schedules leave three quarters of the room to what ends",
          "it happens");
    } else if (!decided.isEmpty()) {
      check(
          isOfClient() && growth > 0,
          "what makes nothing larger is never refused for want of room",
          "it is refused");
      check(
          most + growth > bound
              || (definesSchedule() && scheduleBytesBefore + growth > mostOfSchedules()),
          "what there is room for is not refused",
          "it is refused");
    }
    decided = List.of();
  }

  private void countSchedules(Change change) {
    if (change instanceof Change.PutSchedule(_, Schedule after)) {
      schedules.put(after.id(), size(after));
    } else if (change instanceof Change.DeleteSchedule(String id)) {
      Long size = schedules.remove(id);
      least -= size == null ? 0 : size;
      most -= size == null ? 0 : size;
    }
  }

  private static long size(Schedule schedule) {
    return Growth.of(List.of(new Change.PutSchedule(schedule)));
  }

  /** No history replaces one. */
  private boolean definesSchedule() {
    return command instanceof Command.Client(ScheduleRequest.Create _);
  }

  private boolean isOfClient() {
    return command instanceof Command.Client;
  }

  private boolean begins() {
    return command instanceof Command.Client(Request request)
        && switch (request) {
          case PromiseRequest.Create create -> isRoot(create);
          case TaskRequest.Create(_, _, PromiseRequest.Create create) -> isRoot(create);
          case ScheduleRequest.Create _ -> true;
          default -> false;
        };
  }

  /** Steps of all histories have a point in their id, and their roots none. */
  private static boolean isRoot(PromiseRequest.Create create) {
    return create.id().indexOf('.') < 0;
  }

  private void check(boolean holds, String invariant, String what) {
    Ledger.check(
        holds,
        invariant,
        "%s: %s; %d to %d bytes are live of %d, %d of them are schedules",
        what,
        command,
        least,
        most,
        limit,
        scheduleBytes());
  }

  // Between transactions.

  /** A step is over, and the ledger says that so much is live. */
  void stepped(long used) {
    if (limit < UNBOUNDED) {
      count();
      Ledger.check(
          least <= used && used <= most,
          "the ledger says how much is live",
          "it says %d; saved are %d to %d",
          used,
          least,
          most);
    }
  }

  /** Settled promises are not live; callbacks and listeners are until they are forgotten. */
  private void count() {
    List<Change> live = new ArrayList<>();
    for (Promise promise : truth.promises.values()) {
      if (promise.isPending()) {
        live.add(new Change.PutPromise(null, promise));
        Task task = truth.tasks.get(promise.id());
        if (task != null) {
          live.add(new Change.PutTask(null, task));
        }
      }
    }
    truth.callbacks.forEach((awaiter, awaited) ->
        awaited.keySet().forEach(id -> live.add(new Change.PutCallback(id, awaiter, false))));
    for (String awaited : truth.listeners.keySet()) {
      Set<String> addresses = truth.listenersOf(awaited);
      addresses.forEach(address -> live.add(new Change.PutListener(awaited, address)));
    }
    schedules.clear();
    for (Schedule schedule : truth.schedules.values()) {
      live.add(new Change.PutSchedule(schedule));
      schedules.put(schedule.id(), size(schedule));
    }
    least = Growth.of(withoutPayload(live));
    most = Growth.of(live);
  }

  /** What is settled leaves memory when the transaction has been saved. */
  private static List<Change> withoutSettlements(List<Change> changes) {
    return changes.stream()
        .filter(change ->
            !(change instanceof Change.PutPromise(Promise before, Promise after))
                || before == null
                || after.isPending())
        .toList();
  }

  private static List<Change> withoutPayload(List<Change> changes) {
    List<Change> without = new ArrayList<>(changes.size());
    for (Change change : changes) {
      without.add(
          change instanceof Change.PutPromise(Promise before, Promise after)
              ? new Change.PutPromise(
                  before == null ? null : before.withoutPayload(), after.withoutPayload())
              : change);
    }
    return without;
  }
}
