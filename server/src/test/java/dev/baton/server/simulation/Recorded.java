package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.groups.Groups;
import dev.baton.server.live.Lookers;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Ring;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The events of one life of a server, and whether they are true: whoever follows them knows where
 * each task is, and each comes back for the reason that the history gave.
 */
final class Recorded {

  private static final List<String> GROUPS = List.of("a", "b", "clients", "default");

  /** Every so many histories somebody looks on; to show everything each time takes long. */
  private static final int LOOKED_AT = 8;

  private static final int LOOKS = 250;
  private static final int COMPARISONS = 20;
  private static final int SLOW = 50;
  private static final int FEW = 3;
  private static final int MANY = 2_000;

  /** Where a task is, by its events. */
  private record Place(String group, InFlight at) {}

  private record Worker(String group, String pid) {}

  final Ring ring = new Ring(8_192);
  private final Disk truth;
  private final long patienceMs;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Kind> last = new HashMap<>();
  private final Map<Worker, Boolean> draining = new HashMap<>();

  /** Why tasks that were held come back, by the commands that did it. */
  private final Map<String, Set<Cause>> expected = new HashMap<>();

  /** Why processes may be thought gone. */
  private final Map<String, Set<Cause>> losses = new HashMap<>();

  /** What happened to processes since the last step. */
  private final Map<String, Set<Cause>> lately = new HashMap<>();

  private final Dice dice;
  private final @Nullable Lookers lookers;
  private long seen = 1;
  private boolean wasClockSet;

  /**
   * Of a server that starts.
   *
   * @param seenBy what it takes for the reach of a token
   */
  Recorded(Disk truth, long patienceMs, long seed, UnaryOperator<Access> seenBy) {
    this.truth = truth;
    this.patienceMs = patienceMs;
    this.dice = new Dice(seed, "lookers");
    this.lookers =
        seed % LOOKED_AT == 0
            ? new Lookers(
                ring, seed % (2 * LOOKED_AT) == 0 ? FEW : MANY, () -> dice.chance(SLOW), seenBy)
            : null;
  }

  /** A server has started. */
  void opened(Dispatcher dispatcher) {
    Ledger.check(ring.next() == 1, "what was unfinished at a start is no news", "%d", ring.next());
    for (String group : GROUPS) {
      for (InFlight at : dispatcher.inFlight(group, truth.tasks::get)) {
        places.put(at.id(), new Place(group, at));
      }
    }
  }

  void connectionChanged(String pid) {
    happened(pid, Cause.CONNECTION_LOST);
  }

  void saidGone(List<String> pids) {
    pids.forEach(pid -> happened(pid, Cause.REPORTED_GONE));
  }

  private void happened(String pid, Cause cause) {
    losses.computeIfAbsent(pid, _ -> EnumSet.noneOf(Cause.class)).add(cause);
    lately.computeIfAbsent(pid, _ -> EnumSet.noneOf(Cause.class)).add(cause);
  }

  void clockSet() {
    wasClockSet = true;
  }

  /** Something has been decided, and may yet fail to be saved. */
  void decided(Command command, Outcome outcome) {
    for (Change change : outcome.changes()) {
      if (change instanceof Change.PutTask(Task before, Task after)
          && before != null
          && before.state() instanceof TaskState.Acquired(String pid, _, _, _)
          && after.state() instanceof TaskState.Pending) {
        expected.put(before.id(), causes(command, pid));
      }
    }
  }

  private Set<Cause> causes(Command command, String pid) {
    return switch (command) {
      case Command.Client _ -> EnumSet.of(Cause.RELEASED);
      case Command.EndOverdueLeases _ -> EnumSet.of(Cause.LEASE_OVER);
      case Command.EndLeases _ -> Set.copyOf(losses.getOrDefault(pid, Set.of()));
      case Command.EndLease _ -> EnumSet.of(Cause.NOT_ACQUIRED);
      default -> Set.of();
    };
  }

  /** A step is over, and what it changed is saved. */
  void stepped(Dispatcher dispatcher, long now) {
    long next = ring.next();
    List<Event> events = ring.between(seen, next, _ -> true);
    Ledger.check(events != null, "no event is forgotten so soon", "from %d", seen);
    seen = next;
    if (events != null && !events.isEmpty()) {
      events.forEach(event -> follow(event, now));
      GROUPS.forEach(group -> compare(dispatcher, group, now));
      events.forEach(event -> compare(event.id()));
    }
    lately.clear();
    if (lookers != null) {
      look(lookers, dispatcher, now);
    }
  }

  private void look(Lookers all, Dispatcher dispatcher, long now) {
    if (dice.chance(LOOKS)) {
      all.look(groups(dispatcher, now), group -> inFlight(dispatcher, group));
    }
    if (dice.chance(COMPARISONS)) {
      String difference =
          all.difference(groups(dispatcher, now), group -> inFlight(dispatcher, group));
      Ledger.check(
          difference == null,
          "a snapshot and what follows it are a later snapshot",
          "%s",
          String.valueOf(difference));
    }
    Ledger.check(
        all.leak() == null,
        "nobody is shown what is out of their reach",
        "%s",
        String.valueOf(all.leak()));
  }

  private Groups groups(Dispatcher dispatcher, long now) {
    return new Groups(dispatcher.snapshots(Integer.MAX_VALUE).groups(), now, ring.next());
  }

  private List<InFlight> inFlight(Dispatcher dispatcher, String group) {
    return dispatcher.inFlight(group, truth.tasks::get);
  }

  private void follow(Event event, long now) {
    String id = event.id();
    String pid = event.pid();
    String group = event.group();
    if (id == null) {
      followWorker(event, new Worker(String.valueOf(group), String.valueOf(pid)));
      return;
    }
    Place before = places.get(id);
    if (event.kind() == Kind.RETURNED) {
      Ledger.check(
          before != null || group == null, "a task comes back from where it was", "%s", event);
      checkCause(event, before, now);
    }
    last.put(id, event.kind());
    switch (event.kind()) {
      case SENT, TAKEN -> {
        boolean isHeld = event.kind() == Kind.TAKEN;
        if (group != null && pid != null) {
          places.put(
              id, new Place(group, new InFlight(id, pid, event.version(), isHeld, event.at())));
        }
      }
      default -> places.remove(id);
    }
  }

  private void checkCause(Event event, @Nullable Place from, long now) {
    String pid = String.valueOf(event.pid());
    Cause cause = event.cause();
    Set<Cause> possible;
    if (from == null || from.at().isHeld()) {
      possible = expected.getOrDefault(String.valueOf(event.id()), Set.of());
    } else {
      possible = lately.getOrDefault(pid, EnumSet.of(Cause.NOT_ACQUIRED));
      Ledger.check(
          cause != Cause.NOT_ACQUIRED || wasClockSet || now - from.at().since() >= patienceMs,
          "a task comes back for the cause that is told",
          "%s was sent at %d",
          event,
          from.at().since());
    }
    Ledger.check(
        cause != null && possible.contains(cause),
        "a task comes back for the cause that is told",
        "%s, but it was %s",
        event,
        possible);
  }

  private void followWorker(Event event, Worker worker) {
    switch (event.kind()) {
      case CONNECTED, BACK -> draining.put(worker, false);
      case DRAINING -> draining.computeIfPresent(worker, (_, _) -> event.state() == State.DRAINING);
      case LOST -> draining.remove(worker);
      case GONE -> {
        draining.remove(worker);
        Cause cause = event.cause();
        Ledger.check(
            cause != null && losses.getOrDefault(worker.pid(), Set.of()).contains(cause),
            "a worker is gone for the cause that is told",
            "%s, but it was %s",
            event,
            losses.get(worker.pid()));
      }
      default -> throw new IllegalStateException(event.toString());
    }
  }

  /** What a follower believes is what a newcomer is shown. */
  private void compare(Dispatcher dispatcher, String group, long now) {
    Set<InFlight> followed = new HashSet<>();
    for (Place place : places.values()) {
      if (place.group().equals(group)) {
        followed.add(place.at());
      }
    }
    Set<InFlight> shown = Set.copyOf(dispatcher.inFlight(group, truth.tasks::get));
    Ledger.check(
        followed.equals(shown),
        "who follows the events knows where each task is",
        "followed %s, shown %s",
        followed,
        shown);
    Map<String, Boolean> workers = new HashMap<>();
    draining.forEach((worker, isDraining) -> {
      if (worker.group().equals(group)) {
        workers.put(worker.pid(), isDraining);
      }
    });
    Map<String, Boolean> connected = new HashMap<>();
    for (GroupView.WorkerView worker : dispatcher.snapshot(group).at(now).workers()) {
      connected.put(worker.pid(), worker.draining());
    }
    Ledger.check(
        workers.equals(connected),
        "who follows the events knows who works",
        "followed %s, shown %s",
        workers,
        connected);
  }

  /** The last that was told of a task is how it stands. */
  private void compare(@Nullable String id) {
    Task task = id == null ? null : truth.tasks.get(id);
    Kind told = id == null ? null : last.get(id);
    Ledger.check(
        task != null || (told != Kind.READY && told != Kind.SENT),
        "only of tasks that are saved it is told",
        "%s of %s",
        told,
        id);
    if (task == null || told == null) {
      return;
    }
    boolean isTrue =
        switch (task.state()) {
          case TaskState.Pending _ ->
              switch (told) {
                case READY, SENT, RESUMED, RETURNED, CONTINUED -> true;
                default -> false;
              };
          case TaskState.Acquired _ -> told == Kind.TAKEN;
          case TaskState.Suspended _ -> told == Kind.SUSPENDED;
          case TaskState.Halted _ -> told == Kind.HALTED;
          case TaskState.Fulfilled _ -> told == Kind.SETTLED;
        };
    Ledger.check(isTrue, "the last event of a task is how it stands", "%s of %s", told, task);
  }
}
