package dev.baton.operator.pods;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Signals of an operator that stands by. When it gets to lead it tells those of the last moments
 * again: the leader before may have gone in the middle of it, and to tell twice does no harm.
 * Thread-safe.
 */
final class Withheld {

  /** Longer than a leader that vanished is waited for. */
  static final Duration KEPT = Duration.ofSeconds(15);

  private static final int KEPT_MAX = 1_000;

  private record Kept(PodSignal signal, Instant at) {}

  private final Clock clock;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private boolean released;

  Withheld(Clock clock) {
    this.clock = clock;
  }

  /** Whether the signal is kept back. */
  synchronized boolean take(PodSignal signal) {
    if (released) {
      return false;
    }
    Instant now = clock.instant();
    kept.addLast(new Kept(signal, now));
    while (kept.size() > KEPT_MAX || kept.getFirst().at().isBefore(now.minus(KEPT))) {
      kept.removeFirst();
    }
    return true;
  }

  /** Gives out what is kept and still news, in order; from now on nothing is kept back. */
  synchronized void release(Consumer<PodSignal> out) {
    released = true;
    Instant oldest = clock.instant().minus(KEPT);
    kept.stream().filter(it -> !it.at().isBefore(oldest)).map(Kept::signal).forEach(out);
    kept.clear();
  }
}
