package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The tasks of a group that wait for a worker with room, each in its turn. */
final class WaitingTasks {

  /** With more functions than that asked for, what a task wants is not looked at any more. */
  private static final int MOST_LINES = 1_000;

  /** So many refused tasks are looked at for one that somebody else can take. */
  private static final int LOOKED_AT = 32;

  /** For any worker, by turn. */
  private final TreeMap<Long, Offer> anyones = new TreeMap<>();

  /** For any worker that has a function, by that and by turn. */
  private final Map<FunctionRef, TreeMap<Long, Offer>> byFunction = new HashMap<>();

  private int byFunctionCount;

  /** The same, whatever they ask for, but not for the one that gave it back at once. */
  private final TreeMap<Long, Offer> refused = new TreeMap<>();

  /** For one worker and no other, by its pid and by turn. */
  private final Map<String, TreeMap<Long, Offer>> pinned = new HashMap<>();

  private int pinnedCount;

  void add(Offer offer) {
    FunctionRef wants = offer.wants;
    if (isPinned(offer)) {
      pinnedCount += line(offer).put(offer.turn, offer) == null ? 1 : 0;
    } else if (offer.isRefused || wants == null || isCrowded(wants)) {
      line(offer).put(offer.turn, offer);
    } else {
      TreeMap<Long, Offer> line = byFunction.computeIfAbsent(wants, _ -> new TreeMap<>());
      byFunctionCount += line.put(offer.turn, offer) == null ? 1 : 0;
    }
  }

  private boolean isCrowded(FunctionRef wants) {
    return byFunction.size() >= MOST_LINES && !byFunction.containsKey(wants);
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
      removeFromItsFunction(offer);
    }
  }

  private void removeFromItsFunction(Offer offer) {
    TreeMap<Long, Offer> line = offer.wants == null ? null : byFunction.get(offer.wants);
    if (line != null && line.remove(offer.turn) != null) {
      byFunctionCount--;
      if (line.isEmpty()) {
        byFunction.remove(offer.wants);
      }
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
   * @param canGo whether somebody has room for a task that was refused, or asks for a function
   * @param read finds out what a task asks for, if that matters
   */
  @Nullable Offer first(Predicate<Offer> canGo, Consumer<Offer> read) {
    Offer first = firstForWhoever(read);
    for (TreeMap<Long, Offer> line : byFunction.values()) {
      Offer offer = line.firstEntry().getValue();
      if ((first == null || offer.turn < first.turn) && canGo.test(offer)) {
        first = offer;
      }
    }
    if (refused.isEmpty()) {
      return first;
    }
    int looks = LOOKED_AT;
    for (Offer offer : refused.values()) {
      if (looks-- == 0 || (first != null && first.turn < offer.turn)) {
        return first;
      }
      read.accept(offer);
      if (canGo.test(offer)) {
        return offer;
      }
    }
    return first;
  }

  /** Those in front that turn out to ask for a function go to where those wait. */
  private @Nullable Offer firstForWhoever(Consumer<Offer> read) {
    while (!anyones.isEmpty()) {
      Offer offer = anyones.firstEntry().getValue();
      read.accept(offer);
      FunctionRef wants = offer.wants;
      if (wants == null || isCrowded(wants)) {
        return offer;
      }
      anyones.pollFirstEntry();
      add(offer);
    }
    return null;
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
    return anyones.size() + refused.size() + byFunctionCount;
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
    for (TreeMap<Long, Offer> queue : byFunction.values()) {
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
    byFunction.clear();
    byFunctionCount = 0;
    pinned.clear();
    pinnedCount = 0;
  }
}
