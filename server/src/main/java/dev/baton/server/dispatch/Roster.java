package dev.baton.server.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who works: groups, their workers, how much each process holds, and who takes no new work. Keeps
 * the groups' sets of workers with room in order.
 */
final class Roster {

  /** How long the mark of a drained worker outlives its connection. */
  private static final long DRAIN_MEMORY_MS = 3_600_000;

  private static final int DRAIN_MEMORY_SIZE = 10_000;

  /** So many marks are little, however long their names. */
  private static final int FEW_DRAINED = 200;

  /** Of the names in all marks. */
  private static final int DRAIN_MEMORY_CHARACTERS = 2 << 20;

  private record DrainKey(String group, String worker, boolean byAddress) {
    int characters() {
      return group.length() + worker.length();
    }
  }

  /**
   * A closed door.
   *
   * @param run the run of the process that was meant, or null if it did not say
   */
  private record DrainMark(long at, @Nullable String run) {}

  private final TreeMap<String, Group> groups = new TreeMap<>();
  private final Map<String, List<Worker>> byPid = new HashMap<>();

  /** The tasks that each process holds. */
  private final Map<String, Set<String>> held = new HashMap<>();

  private final LinkedHashMap<DrainKey, DrainMark> drained = new LinkedHashMap<>();
  private long workerNumbers;
  private long moves;

  Group group(String name) {
    return groups.computeIfAbsent(name, Group::new);
  }

  @Nullable Group groupIfKnown(String name) {
    return groups.get(name);
  }

  Iterable<Group> groups() {
    return groups.values();
  }

  /** The same, those after a name before the others. */
  Iterable<Group> groupsAfter(String name) {
    List<Group> turned = new ArrayList<>(groups.tailMap(name, false).values());
    turned.addAll(groups.headMap(name, true).values());
    return turned;
  }

  void forget(Group group) {
    if (group.isForgettable()) {
      groups.remove(group.name, group); // There may be a new one of that name.
    }
  }

  /** Changes a worker and puts it where it then belongs. */
  void update(Worker worker, Runnable change) {
    worker.group.free.remove(worker);
    change.run();
    worker.changed();
    if (worker.hasRoom()) {
      worker.group.free.add(worker);
    }
  }

  /** Puts a worker where it belongs after something outside it has changed. */
  void refresh(Worker worker) {
    update(worker, () -> {});
  }

  void moved(Worker worker) {
    worker.lastMoved = ++moves;
  }

  /** Beside others that have nothing to do it comes last: it may still be warming up. */
  private Worker newcomer(Group group, String pid) {
    Worker worker = new Worker(group, pid, ++workerNumbers);
    moved(worker);
    return worker;
  }

  Worker connect(Link link, long now) {
    Group group = group(link.group());
    Worker worker = group.workers.computeIfAbsent(link.pid(), pid -> newcomer(group, pid));
    byPid.computeIfAbsent(link.pid(), _ -> new ArrayList<>(1));
    List<Worker> ofPid = byPid.get(link.pid());
    if (ofPid != null && !ofPid.contains(worker)) {
      ofPid.add(worker);
    }
    update(
        worker,
        () -> {
          if (worker.links.isEmpty()) {
            group.connected++;
            worker.portion = Worker.FIRST_PORTION;
            worker.takenOfBacklog = 0;
          }
          if (worker.isConnected() && isOtherRun(worker.run, link.run())) {
            worker.superseded = worker.run;
          }
          worker.links.addFirst(link);
          worker.run = link.run();
          worker.reach = link.reach();
          worker.held =
              (int) held.getOrDefault(link.pid(), Set.of()).stream().filter(worker::covers).count();
          worker.missed = 0;
          worker.connectedAt = now;
          worker.draining = isDrained(worker, now);
        });
    group.lookAt(worker);
    return worker;
  }

  private static boolean isOtherRun(@Nullable String one, @Nullable String other) {
    return one != null && other != null && !one.equals(other);
  }

  /** Removes a connection; answers its worker, or null if it was not known. */
  @Nullable Worker disconnect(Link link) {
    Group group = groups.get(link.group());
    Worker worker = group == null ? null : group.workers.get(link.pid());
    if (worker == null || !worker.links.contains(link)) {
      return null;
    }
    update(worker, () -> worker.links.remove(link));
    worker.group.connected -= worker.isConnected() ? 0 : 1;
    worker.group.lookAt(worker);
    return worker;
  }

  /** Removes all connections of a worker; answers which it had. */
  List<Link> disconnect(Worker worker) {
    List<Link> links = List.copyOf(worker.links);
    worker.group.connected -= links.isEmpty() ? 0 : 1;
    update(worker, worker.links::clear);
    worker.group.lookAt(worker);
    return links;
  }

  /** Removes a worker that has no connection. */
  void remove(Worker worker) {
    worker.group.free.remove(worker);
    worker.group.workers.remove(worker.pid);
    worker.group.isChanged = true;
    List<Worker> ofPid = byPid.get(worker.pid);
    if (ofPid != null) {
      ofPid.remove(worker);
      if (ofPid.isEmpty()) {
        byPid.remove(worker.pid);
      }
    }
  }

  /** Whether a link of the process is open whose reach includes that one. */
  boolean isConnected(String pid, String reach) {
    return byPid.getOrDefault(pid, List.of()).stream()
        .flatMap(worker -> worker.links.stream())
        .anyMatch(link -> link.reach() != null && reach.startsWith(link.reach()));
  }

  boolean isConnected(String pid) {
    return byPid.getOrDefault(pid, List.of()).stream().anyMatch(Worker::isConnected);
  }

  List<Group> groupsOf(String pid) {
    return byPid.getOrDefault(pid, List.of()).stream().map(worker -> worker.group).toList();
  }

  /** Removes what is left of a process whose connection ended then and that has no other. */
  void removeLost(String pid, long lostAt) {
    for (Worker worker : List.copyOf(byPid.getOrDefault(pid, List.of()))) {
      if (!worker.isConnected() && worker.leftAt == lostAt) {
        remove(worker);
        forget(worker.group);
      }
    }
  }

  /** The tasks that each process holds. */
  Map<String, Set<String>> held() {
    return held;
  }

  int heldBy(String pid) {
    return held.getOrDefault(pid, Set.of()).size();
  }

  /** A process has got a task. */
  void holds(String pid, String taskId) {
    if (held.computeIfAbsent(pid, _ -> new HashSet<>()).add(taskId)) {
      changeHeld(pid, taskId, 1);
    }
  }

  /** A process holds a task no more. */
  void holdsNoMore(String pid, String taskId) {
    Set<String> tasks = held.get(pid);
    if (tasks != null && tasks.remove(taskId)) {
      if (tasks.isEmpty()) {
        held.remove(pid);
      }
      changeHeld(pid, taskId, -1);
    }
  }

  /** What others take under a worker's pid is not its load. */
  private void changeHeld(String pid, String taskId, int difference) {
    for (Worker worker : byPid.getOrDefault(pid, List.of())) {
      if (worker.covers(taskId)) {
        update(
            worker,
            () -> {
              worker.held += difference;
              moved(worker);
              if (difference > 0) {
                worker.missed = 0;
                worker.portion++;
              }
            });
      }
    }
  }

  void slots(Group group, @Nullable Integer slotsPerWorker) {
    group.isChanged = true;
    group.slotsPerWorker = slotsPerWorker;
    group.workers.values().forEach(this::refresh);
  }

  /** The group's workers of that pid or address. */
  List<Worker> find(String groupName, String name, boolean byAddress) {
    Group group = groups.get(groupName);
    if (group == null) {
      return List.of();
    }
    if (!byAddress) {
      Worker worker = group.workers.get(name);
      return worker == null ? List.of() : List.of(worker);
    }
    return group.workers.values().stream()
        .filter(worker -> worker.links.stream().anyMatch(link -> link.address().equals(name)))
        .toList();
  }

  /** Closes the door for a worker, also for one that connects later; answers whose was open. */
  List<Worker> close(
      String groupName, String name, boolean byAddress, @Nullable String run, long now) {
    DrainKey key = new DrainKey(groupName, name, byAddress);
    Group group = groups.get(groupName);
    Worker worker = group == null || byAddress ? null : group.workers.get(name);
    drained.remove(key); // The youngest go last.
    drained.put(key, new DrainMark(now, run == null && worker != null ? worker.run : run));
    if (drained.size() > FEW_DRAINED) {
      forgetOldestDrained();
    }
    return lookAtDoors(group, now);
  }

  private void forgetOldestDrained() {
    long characters = 0;
    for (DrainKey key : drained.keySet()) {
      characters += key.characters();
    }
    while (characters > DRAIN_MEMORY_CHARACTERS || drained.size() > DRAIN_MEMORY_SIZE) {
      characters -= drained.pollFirstEntry().getKey().characters();
    }
  }

  /** Opens the door for a worker, however it was closed; answers whose was closed. */
  List<Worker> open(String groupName, String name, boolean byAddress, long now) {
    drained.remove(new DrainKey(groupName, name, byAddress));
    for (Worker worker : find(groupName, name, byAddress)) {
      drained.remove(new DrainKey(groupName, worker.pid, false));
      worker.links.forEach(link -> drained.remove(new DrainKey(groupName, link.address(), true)));
    }
    return lookAtDoors(groups.get(groupName), now);
  }

  private List<Worker> lookAtDoors(@Nullable Group group, long now) {
    if (group == null) {
      return List.of();
    }
    List<Worker> changed = new ArrayList<>();
    for (Worker worker : group.workers.values()) {
      boolean wasDraining = worker.draining;
      update(worker, () -> worker.draining = isDrained(worker, now));
      if (worker.draining != wasDraining) {
        changed.add(worker);
      }
    }
    return changed;
  }

  /** The clock was set: doors were closed at another instant. */
  void clockMoved(long byMs) {
    drained.replaceAll((_, mark) -> new DrainMark(mark.at() + byMs, mark.run()));
  }

  private boolean isDrained(Worker worker, long now) {
    while (!drained.isEmpty() && drained.firstEntry().getValue().at() < now - DRAIN_MEMORY_MS) {
      drained.pollFirstEntry();
    }
    if (drained.isEmpty()) {
      return false;
    }
    DrainKey key = new DrainKey(worker.group.name, worker.pid, false);
    DrainMark mark = drained.get(key);
    if (mark != null) {
      // A process that drains ends; its next run, under the same name, does not drain.
      boolean isAnotherRun =
          mark.run() != null && worker.run != null && !mark.run().equals(worker.run);
      if (!isAnotherRun) {
        return true;
      }
      drained.remove(key);
    }
    return worker.links.stream()
        .anyMatch(
            link -> drained.containsKey(new DrainKey(worker.group.name, link.address(), true)));
  }

  /** Forgets what the store said; connections stay. */
  void clearHeld() {
    held.clear();
    for (Group group : groups.values()) {
      group.isChanged = true;
      group.held = 0;
      group.sent = 0;
      group.suspended = 0;
      group.heldBack.clear();
      group.waiting.clear();
      for (Worker worker : group.workers.values()) {
        update(
            worker,
            () -> {
              worker.held = 0;
              worker.sent.clear();
            });
      }
    }
  }
}
