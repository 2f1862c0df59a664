package dev.baton.server.live;

import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group that somebody looks at: where its tasks are, who works, and what of that the last turn
 * has changed. The engine is asked once for what its workers do; after that events say it.
 */
final class GroupModel {

  private static final int CALM_WINDOWS = 3;
  private static final long WINDOW_MS = 1_000;

  /** A model that nobody looks at any more is kept so long: to ask the engine again costs more. */
  private static final long KEPT_MS = 10_000;

  final String name;

  /** More events a second than a browser should be sent. */
  private final int many;

  final Map<String, InFlight> tasks = new LinkedHashMap<>();

  /** The first event that is not in here; 0 while the engine has not said what its workers do. */
  private long next;

  private Map<String, GroupView.WorkerView> workers = new HashMap<>();
  private @Nullable GroupSnapshot snapshot;
  private GroupView shown;

  // Of the last turn.
  private boolean isGroupChanged;
  private List<GroupView.WorkerView> changed = List.of();
  private List<String> left = List.of();

  /** Of events of the last turn that found their task at another worker, which. */
  private final Map<Long, String> takenFrom = new HashMap<>();

  private boolean isBusy;
  private long windowFrom;
  private int inWindow;
  private int calmWindows;

  /** When somebody last looked, epoch milliseconds. */
  private long lookedAt;

  GroupModel(String name, int many) {
    this.name = name;
    this.many = many;
    this.shown = GroupView.nothing(name);
  }

  boolean isOpen() {
    return next > 0;
  }

  long next() {
    return next;
  }

  /** The engine has said what its workers do, as of all events before one. */
  void open(List<InFlight> inFlight, long next) {
    tasks.clear();
    inFlight.forEach(task -> tasks.put(task.id(), task));
    this.next = next;
  }

  /** Events are missing. */
  void close() {
    next = 0;
  }

  boolean isForgettable(boolean isLookedAt, long now) {
    lookedAt = isLookedAt ? now : Math.min(lookedAt, now);
    return now - lookedAt > KEPT_MS;
  }

  /** Follows an event, if it has not been followed. */
  void follow(Event event) {
    String id = event.id();
    if (event.seq() < next || !name.equals(event.group())) {
      return;
    }
    inWindow++;
    if (id == null) {
      return;
    }
    String pid = event.pid();
    boolean isSomewhere = event.kind() == Kind.SENT || event.kind() == Kind.TAKEN;
    if (isSomewhere && pid != null) {
      InFlight before =
          tasks.put(
              id, new InFlight(id, pid, event.version(), event.kind() == Kind.TAKEN, event.at()));
      if (before != null && !before.pid().equals(pid)) {
        takenFrom.put(event.seq(), before.pid());
      }
    } else {
      tasks.remove(id);
    }
  }

  /** A turn begins. */
  void begin() {
    takenFrom.clear();
  }

  /** Whether an event of the last turn changes one of these lanes. */
  boolean touches(Event event, @Nullable Set<String> lanes) {
    if (lanes == null) {
      return true;
    }
    String pid = event.pid();
    String from = takenFrom.get(event.seq());
    return (pid != null && lanes.contains(pid)) || (from != null && lanes.contains(from));
  }

  /** All events before one have been followed. */
  void followedTo(long next) {
    this.next = Math.max(this.next, next);
  }

  /**
   * Takes in how the group stands now.
   *
   * @param isAging whether rates and ages count as changes
   */
  void turn(@Nullable GroupSnapshot latest, long now, boolean isAging) {
    countWindow(now);
    boolean isSame = latest == snapshot;
    isGroupChanged = !isSame || (isAging && moves(shown));
    if (isGroupChanged) {
      shown = latest == null ? GroupView.nothing(name) : latest.at(now);
    }
    if (isSame) {
      changed = List.of();
      left = List.of();
      return;
    }
    snapshot = latest;
    changed = new ArrayList<>();
    left = new ArrayList<>();
    Map<String, GroupView.WorkerView> connected = HashMap.newHashMap(shown.workers().size());
    for (GroupView.WorkerView worker : shown.workers()) {
      connected.put(worker.pid(), worker);
      GroupView.WorkerView known = workers.remove(worker.pid());
      if (known != worker && !worker.equals(known)) {
        changed.add(worker);
      }
    }
    left.addAll(workers.keySet());
    workers = connected;
  }

  /** Whether time alone changes what is shown. */
  static boolean moves(GroupView view) {
    return view.ready() > 0 || view.dispatchedPerSecond() > 0 || view.fulfilledPerSecond() > 0;
  }

  private void countWindow(long now) {
    long elapsed = now - windowFrom;
    if (elapsed >= 0 && elapsed < WINDOW_MS) {
      if (inWindow > many) {
        isBusy = true;
        calmWindows = 0;
      }
      return;
    }
    boolean isWindow = elapsed >= 0 && elapsed < 2 * WINDOW_MS;
    long rate = isWindow ? inWindow * 1_000L / elapsed : inWindow;
    if (rate > many) {
      isBusy = true;
      calmWindows = 0;
    } else if (rate < many / 4 * 3 && isBusy && ++calmWindows >= CALM_WINDOWS) {
      isBusy = false;
      calmWindows = 0;
    }
    windowFrom = now;
    inWindow = 0;
  }

  /** Whether there are more events than are sent. */
  boolean isBusy() {
    return isBusy;
  }

  GroupView shown() {
    return shown;
  }

  boolean isGroupChanged() {
    return isGroupChanged;
  }

  List<GroupView.WorkerView> changed() {
    return changed;
  }

  List<String> left() {
    return left;
  }

  GroupView.@Nullable WorkerView worker(String pid) {
    return workers.get(pid);
  }
}
