package dev.baton.operator.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A budget of what is not urgent: so many a second over all, in the order in which it was asked
 * for. Who has to wait is woken when its turn has come. Thread-safe.
 */
final class Turns<K> {

  private final int perSecond;
  private final int atOnce;
  private final Clock clock;
  private final Consumer<K> wake;

  // Guarded by this.
  private final Set<K> waiting = new LinkedHashSet<>();
  private final Set<K> granted = new HashSet<>();
  private double saved;
  private Instant savedAt;

  /** With how many a second, at most a second's worth at once, and who is told whose turn it is. */
  Turns(int perSecond, Clock clock, Consumer<K> wake) {
    this(perSecond, perSecond, clock, wake);
  }

  /**
   * With how many a second, and how many at once if there were none for a while.
   *
   * @param atOnce 1 or more
   */
  Turns(int perSecond, int atOnce, Clock clock, Consumer<K> wake) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    this.clock = clock;
    this.wake = wake;
    this.saved = atOnce;
    this.savedAt = clock.instant();
  }

  /** Whether it may be done now; if not, the key waits from now on. */
  synchronized boolean take(K key) {
    if (granted.remove(key)) {
      return true;
    }
    save();
    if (waiting.isEmpty() && saved >= 1) {
      saved--;
      return true;
    }
    waiting.add(key);
    return false;
  }

  /**
   * Something of the budget was done without a turn: who waits for one waits longer, but never for
   * more than as many as may be done at once.
   */
  synchronized void charge() {
    save();
    saved = Math.max(saved - 1, -atOnce);
  }

  /** The key waits for a turn from now on, if it does not yet. */
  synchronized void await(K key) {
    if (!granted.contains(key)) {
      waiting.add(key);
    }
  }

  /** What it waited for is done, or not to be done any more. */
  synchronized void forget(K key) {
    waiting.remove(key);
    granted.remove(key);
  }

  /** Gives out the turns that have become due. */
  void pass() {
    List<K> next = new ArrayList<>();
    synchronized (this) {
      save();
      var first = waiting.iterator();
      while (first.hasNext() && saved >= 1) {
        saved--;
        K key = first.next();
        first.remove();
        granted.add(key);
        next.add(key);
      }
    }
    next.forEach(wake);
  }

  private void save() {
    Instant now = clock.instant();
    double earned = Duration.between(savedAt, now).toMillis() * perSecond / 1000.0;
    if (earned > 0) {
      saved = Math.min(atOnce, saved + earned);
      savedAt = now;
    }
  }
}
