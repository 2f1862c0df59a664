package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The workers of a group and the tasks that wait for them. The dispatcher owns it. */
final class Group {

  final String name;
  final Map<String, Worker> workers = new HashMap<>();

  /** Workers with room, the fittest first. */
  final TreeSet<Worker> free = new TreeSet<>(Worker.BY_FITNESS);

  /** Tasks for any worker, by turn. */
  final TreeMap<Long, Offer> waiting = new TreeMap<>();

  /** Tasks for one worker and no other, by its pid and by turn. */
  final Map<String, TreeMap<Long, Offer>> pinned = new HashMap<>();

  @Nullable Integer slotsPerWorker;
  int pinnedCount;
  int held;
  int sent;
  int suspended;
  final Rate dispatched = new Rate();
  final Rate fulfilled = new Rate();
  final ServiceTime service = new ServiceTime();

  /** Tasks that a worker took and did not finish, for whatever reason; only grows. */
  long handedOver;

  /** How often unfinished tasks have come back since they last got somewhere. */
  final Map<String, Integer> returned = new HashMap<>();

  /** How it was last shown; no more than that once it has {@link #isChanged}. */
  @Nullable GroupSnapshot shown;

  /** Whether it has changed since it was last shown. */
  boolean isChanged = true;

  Group(String name) {
    this.name = name;
  }

  void enqueue(Offer offer) {
    isChanged = true;
    if (offer.address instanceof Address.Uni(_, String pid)) {
      if (pinned.computeIfAbsent(pid, _ -> new TreeMap<>()).put(offer.turn, offer) == null) {
        pinnedCount++;
      }
    } else {
      waiting.put(offer.turn, offer);
    }
  }

  void dequeue(Offer offer) {
    isChanged = true;
    if (offer.address instanceof Address.Uni(_, String pid)) {
      TreeMap<Long, Offer> queue = pinned.get(pid);
      if (queue != null && queue.remove(offer.turn) != null) {
        pinnedCount--;
        if (queue.isEmpty()) {
          pinned.remove(pid);
        }
      }
    } else {
      waiting.remove(offer.turn);
    }
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

  int ready() {
    return waiting.size() + pinnedCount;
  }

  /** When the task that waits longest became ready, or null if none waits. */
  @Nullable Long oldestReadyAt() {
    Long oldest = oldest(waiting, null);
    for (TreeMap<Long, Offer> queue : pinned.values()) {
      oldest = oldest(queue, oldest);
    }
    return oldest;
  }

  /** Work that was handed over has turns below zero and may be younger than what it goes before. */
  private static @Nullable Long oldest(TreeMap<Long, Offer> queue, @Nullable Long known) {
    Long oldest = older(queue.firstEntry(), known);
    return older(queue.ceilingEntry(0L), oldest);
  }

  private static @Nullable Long older(
      Map.@Nullable Entry<Long, Offer> entry, @Nullable Long known) {
    if (entry == null) {
      return known;
    }
    long at = entry.getValue().readyAt;
    return known == null ? at : Math.min(at, known);
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
    return 1 + workers.size() + pinned.size() + returned.size();
  }

  /** Whether nothing is known of it that would be lost with it. */
  boolean isForgettable() {
    return workers.isEmpty()
        && ready() == 0
        && held == 0
        && sent == 0
        && suspended == 0
        && returned.isEmpty()
        && slotsPerWorker == null;
  }
}
