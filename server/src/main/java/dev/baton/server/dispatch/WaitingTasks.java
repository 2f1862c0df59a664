package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The tasks of a group that wait for a worker with room, each in its turn. */
final class WaitingTasks {

  /** So many refused tasks are looked at for one that somebody else can take. */
  private static final int LOOKED_AT = 32;

  /** For any worker, by turn. */
  private final TreeMap<Long, Offer> anyones = new TreeMap<>();

  /** The same, but not for the one that gave it back at once. */
  private final TreeMap<Long, Offer> refused = new TreeMap<>();

  /** For one worker and no other, by its pid and by turn. */
  private final Map<String, TreeMap<Long, Offer>> pinned = new HashMap<>();

  private int pinnedCount;

  void add(Offer offer) {
    if (line(offer).put(offer.turn, offer) == null && isPinned(offer)) {
      pinnedCount++;
    }
  }

  void remove(Offer offer) {
    if (offer.address instanceof Address.Uni(_, String pid)) {
      TreeMap<Long, Offer> queue = pinned.get(pid);
      if (queue != null && queue.remove(offer.turn) != null) {
        pinnedCount--;
        if (queue.isEmpty()) {
          pinned.remove(pid);
        }
      }
    } else {
      anyones.remove(offer.turn);
      refused.remove(offer.turn);
    }
  }

  private TreeMap<Long, Offer> line(Offer offer) {
    if (offer.address instanceof Address.Uni(_, String pid)) {
      return pinned.computeIfAbsent(pid, _ -> new TreeMap<>());
    }
    return offer.isRefused ? refused : anyones;
  }

  private static boolean isPinned(Offer offer) {
    return offer.address instanceof Address.Uni;
  }

  /**
   * The first in turn of those for any worker, or null.
   *
   * @param canGo whether somebody has room for a task that was refused
   */
  @Nullable Offer first(Predicate<Offer> canGo) {
    Offer first = anyones.isEmpty() ? null : anyones.firstEntry().getValue();
    if (refused.isEmpty()) {
      return first;
    }
    int looks = LOOKED_AT;
    for (Offer offer : refused.values()) {
      if (looks-- == 0 || (first != null && first.turn < offer.turn)) {
        return first;
      }
      if (canGo.test(offer)) {
        return offer;
      }
    }
    return first;
  }

  /** The workers that tasks wait for, each for one of them. */
  List<String> awaitedPids() {
    return List.copyOf(pinned.keySet());
  }

  /** How many workers tasks wait for, each for one of them. */
  int pinnedPids() {
    return pinned.size();
  }

  /** The first in turn of those for one worker, or null. */
  @Nullable Offer firstFor(String pid) {
    TreeMap<Long, Offer> queue = pinned.get(pid);
    return queue == null ? null : queue.firstEntry().getValue();
  }

  /** How many wait for any worker. */
  int forAnyone() {
    return anyones.size() + refused.size();
  }

  boolean hasPinned() {
    return pinnedCount > 0;
  }

  int size() {
    return forAnyone() + pinnedCount;
  }

  /** When the task that waits longest became ready, or null if none waits. */
  @Nullable Long oldestReadyAt() {
    Long oldest = oldest(refused, oldest(anyones, null));
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

  void clear() {
    anyones.clear();
    refused.clear();
    pinned.clear();
    pinnedCount = 0;
  }
}
