package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.IdOrder;
import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Rows that outlive the server. */
final class Disk {

  final TreeMap<String, Promise> promises = new TreeMap<>(IdOrder.INSTANCE);
  final TreeMap<String, Task> tasks = new TreeMap<>(IdOrder.INSTANCE);
  final TreeMap<String, Schedule> schedules = new TreeMap<>(IdOrder.INSTANCE);
  final Map<String, Integer> slots = new HashMap<>();

  /** Awaiter to awaited to whether it has fired. */
  final Map<String, Map<String, Boolean>> callbacks = new LinkedHashMap<>();

  /** Awaited to the awaiters whose callback has not fired. */
  final Map<String, Set<String>> waiting = new LinkedHashMap<>();

  /** Awaited to addresses. */
  final Map<String, Set<String>> listeners = new LinkedHashMap<>();

  void apply(Change change) {
    switch (change) {
      case Change.PutPromise(_, Promise after) ->
          promises.merge(after.id(), after, (known, changed) -> whole(changed, known));
      case Change.PutTask(_, Task after) -> tasks.put(after.id(), after);
      case Change.PutCallback(String awaited, String awaiter, boolean fired) -> {
        callbacks.computeIfAbsent(awaiter, _ -> new LinkedHashMap<>()).put(awaited, fired);
        if (fired) {
          remove(waiting, awaited, awaiter);
        } else {
          waiting.computeIfAbsent(awaited, _ -> new LinkedHashSet<>()).add(awaiter);
        }
      }
      case Change.DeleteCallback(String awaited, String awaiter) -> {
        Map<String, Boolean> ofAwaiter = callbacks.get(awaiter);
        if (ofAwaiter != null) {
          ofAwaiter.remove(awaited);
          if (ofAwaiter.isEmpty()) {
            callbacks.remove(awaiter);
          }
        }
        remove(waiting, awaited, awaiter);
      }
      case Change.PutListener(String awaited, String address) ->
          listeners.computeIfAbsent(awaited, _ -> new LinkedHashSet<>()).add(address);
      case Change.DeleteListener(String awaited, String address) ->
          remove(listeners, awaited, address);
      case Change.PutSchedule(_, Schedule after) -> schedules.put(after.id(), after);
      case Change.DeleteSchedule(String id) -> schedules.remove(id);
      case Change.Clear _ -> throw new IllegalStateException("no history empties the store");
    }
  }

  /** A promise with the payload that was stored before it changed. */
  static Promise whole(Promise promise, Promise known) {
    return promise.isWhole() ? promise : promise.with(known);
  }

  private static void remove(Map<String, Set<String>> sets, String key, String element) {
    Set<String> set = sets.get(key);
    if (set != null) {
      set.remove(element);
      if (set.isEmpty()) {
        sets.remove(key);
      }
    }
  }

  Set<String> listenersOf(String awaited) {
    return listeners.getOrDefault(awaited, Set.of());
  }

  /**
   * What a server reads when it starts.
   *
   * @param all whether settled promises are to live in memory too
   */
  void loadInto(MemoryState state, boolean all) {
    for (Promise promise : promises.values()) {
      if (all || promise.isPending()) {
        state.apply(new Change.PutPromise(null, promise));
        Task task = tasks.get(promise.id());
        if (task != null) {
          state.apply(new Change.PutTask(null, task));
        }
      }
    }
    callbacks.forEach((awaiter, ofAwaiter) ->
        ofAwaiter.forEach(
            (awaited, fired) -> state.apply(new Change.PutCallback(awaited, awaiter, fired))));
    listeners.forEach((awaited, addresses) ->
        addresses.forEach(address -> state.apply(new Change.PutListener(awaited, address))));
    schedules.values().forEach(schedule -> state.apply(new Change.PutSchedule(schedule)));
  }

  /** How many tasks a process holds. */
  int heldBy(String pid) {
    int held = 0;
    for (Task task : tasks.values()) {
      if (task.state() instanceof TaskState.Acquired acquired && acquired.pid().equals(pid)) {
        held++;
      }
    }
    return held;
  }
}
