package dev.baton.server.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many are under way; the last that ends says so to whoever waits for it. Thread-safe. */
final class UnderWay {

  private final AtomicInteger count = new AtomicInteger();

  /** Set before the count is looked at; who ends looks at this only after that. */
  private volatile boolean isAwaited;

  /** One begins; answers how many there are with it. */
  int begin() {
    return count.incrementAndGet();
  }

  /** One has ended. */
  void end() {
    if (count.decrementAndGet() == 0 && isAwaited) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Waits until none is under way, or for so long. */
  synchronized void awaitNone(long mostMs) {
    isAwaited = true;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    try {
      for (long left = mostMs; count.get() > 0 && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
