package dev.baton.operator.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How many replace their pods at once for a new release of the operator. A place that is left stays
 * empty for a while, so that what goes wrong shows before many have followed; who does not come to
 * an end keeps its place. Thread-safe.
 */
final class Waves<K> {

  private final int atOnce;
  private final Duration pause;
  private final Clock clock;
  private final Consumer<K> wake;

  // Guarded by this.
  private final Set<K> waiting = new LinkedHashSet<>();
  private final Map<K, Instant> places = new HashMap<>(); // until when; null while it rolls

  /** With how many at once, 0 for none, and who is told whose turn it is. */
  Waves(int atOnce, Duration pause, Clock clock, Consumer<K> wake) {
    this.atOnce = atOnce;
    this.pause = pause;
    this.clock = clock;
    this.wake = wake;
  }

  /** Whether it is its turn. */
  synchronized boolean has(K key) {
    return places.containsKey(key) && places.get(key) == null;
  }

  /** It waits from now on, if it does not yet. */
  synchronized void await(K key) {
    if (!has(key)) {
      waiting.add(key);
    }
  }

  /** It has begun, maybe before this operator has: it has a place, were it one too many. */
  synchronized void rolls(K key) {
    waiting.remove(key);
    places.put(key, null);
  }

  /** It has come to its end, or has nothing to do with it. */
  synchronized void done(K key) {
    waiting.remove(key);
    if (has(key)) {
      places.put(key, clock.instant().plus(pause));
    }
  }

  /** Gives out the places that are free. */
  void pass() {
    List<K> next = new ArrayList<>();
    synchronized (this) {
      Instant now = clock.instant();
      places.values().removeIf(until -> until != null && !now.isBefore(until));
      var first = waiting.iterator();
      while (first.hasNext() && places.size() < atOnce) {
        K key = first.next();
        first.remove();
        places.put(key, null);
        next.add(key);
      }
    }
    next.forEach(wake);
  }
}
