package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The workers of a group and the tasks that wait for them. The dispatcher owns it. */
final class Group {

  final String name;
  final Map<String, Worker> workers = new HashMap<>();

  /** Workers with room, the fittest first. */
  final TreeSet<Worker> free = new TreeSet<>(Worker.BY_FITNESS);

  final WaitingTasks waiting = new WaitingTasks();

  @Nullable Integer slotsPerWorker;
  int held;
  int sent;
  int suspended;
  final Rate dispatched = new Rate();
  final Rate fulfilled = new Rate();
  final ServiceTime service = new ServiceTime();
  final Waits waits = new Waits();

  /** Tasks that a worker took and did not finish, for whatever reason; only grows. */
  long handedOver;

  /** Its tasks that came back so often that they do not go first any more. */
  final Set<Effort> heldBack = new HashSet<>();

  /** How many of its workers are connected. */
  int connected;

  /** While its workers come back to a backlog; else null. */
  @Nullable Gathering gathering;

  /** How many workers were connected before the last ones left. */
  int workersLately;

  long lastLeftAt = Long.MIN_VALUE / 2;

  /** Who held its tasks when the server started. */
  final Set<String> holdersAtStart = new HashSet<>();

  /** How many connected workers have said which functions they have. */
  private int announcing;

  private final Predicate<Offer> canGo = offer -> choose(offer) != null;

  /** How it was last shown; no more than that once it has {@link #isChanged}. */
  @Nullable GroupSnapshot shown;

  /** Whether it has changed since it was last shown. */
  boolean isChanged = true;

  Group(String name) {
    this.name = name;
  }

  void enqueue(Offer offer) {
    isChanged = true;
    waiting.add(offer);
    offer.isQueued = true;
  }

  void dequeue(Offer offer) {
    if (offer.isQueued) {
      isChanged = true;
      waiting.remove(offer);
      offer.isQueued = false;
    }
  }

  /**
   * The task whose turn it is among those for any worker, or null.
   *
   * @param read finds out what a task asks for, if that matters
   */
  @Nullable Offer next(Consumer<Offer> read) {
    return waiting.first(canGo, read);
  }

  /**
   * The fittest worker with room, or null. Whether a connection takes messages changes outside: a
   * worker whose peer has stopped reading is taken out here, and put back when it reads again.
   */
  @Nullable Worker fittest() {
    while (!free.isEmpty()) {
      Worker first = free.first();
      if (first.hasRoom()) {
        return first;
      }
      free.remove(first);
    }
    return null;
  }

  /**
   * Who is to get a task, or null if nobody with room may: it waits for one that has its function,
   * and what somebody gave back at once for another such, if there is one.
   */
  @Nullable Worker choose(Offer offer) {
    Worker preferred = preferred(offer);
    if (preferred != null) {
      return preferred;
    }
    Worker last = null;
    for (Worker worker = fittest(); worker != null; worker = free.higher(worker)) {
      if (!worker.hasRoom() || !worker.has(offer.wants)) {
        continue;
      }
      if (!worker.pid.equals(offer.avoided)) {
        return worker;
      }
      last = worker;
    }
    return last != null && offer.isRefused && hasOther(last, offer.wants) ? null : last;
  }

  private @Nullable Worker preferred(Offer offer) {
    if (!(offer.address instanceof Address.Any(_, String pid)) || pid.isEmpty()) {
      return null;
    }
    Worker worker = workers.get(pid);
    boolean isBarred = offer.isRefused && pid.equals(offer.avoided);
    return worker == null || isBarred || !worker.hasRoom() || !worker.has(offer.wants)
        ? null
        : worker;
  }

  private boolean hasOther(Worker worker, @Nullable FunctionRef function) {
    for (Worker other : workers.values()) {
      if (other != worker && other.isConnected() && !other.draining && other.has(function)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a connected worker can run what a task asks for, with room or without. */
  boolean hasWorkerFor(@Nullable FunctionRef function) {
    for (Worker worker : workers.values()) {
      if (worker.isConnected() && worker.has(function)) {
        return true;
      }
    }
    return false;
  }

  /** A worker has come or gone, or says something else of itself. */
  void lookAt(Worker worker) {
    Link link = worker.links.peekFirst();
    boolean announces = link != null && link.functions() != null;
    if (announces != worker.announces) {
      worker.announces = announces;
      announcing += announces ? 1 : -1;
    }
  }

  /** Whether any of its workers says which functions it has. */
  boolean announces() {
    return announcing > 0;
  }

  /** How it stands. */
  GroupSnapshot snapshot() {
    GroupSnapshot known = shown;
    if (known == null || isChanged) {
      known = new GroupSnapshot(this);
      shown = known;
      isChanged = false;
    }
    return known;
  }

  /** What it costs to show it, as a number of workers or tasks. */
  int weight() {
    return 1 + workers.size() + waiting.pinnedPids() + heldBack.size();
  }

  /** Whether nothing is known of it that would be lost with it. */
  boolean isForgettable() {
    return workers.isEmpty()
        && waiting.size() == 0
        && held == 0
        && sent == 0
        && suspended == 0
        && heldBack.isEmpty()
        && slotsPerWorker == null;
  }
}
