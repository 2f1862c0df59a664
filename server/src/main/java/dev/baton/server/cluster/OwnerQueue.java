package dev.baton.server.cluster;

import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits for an owner that takes it: it is tried again as soon as another is known, or the one
 * that is known begins to serve, and else now and then. Thread-safe.
 */
final class OwnerQueue {

  /** How soon an owner is tried again that could not be reached. */
  static final long RETRY_MS = 50;

  private final Ownership ownership;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  /** Before the first change of ownership. */
  OwnerQueue(Vertx vertx, Ownership ownership, long retryMs) {
    this.ownership = ownership;
    ownership.follow(() -> {
      if (ownership.taking() != null) {
        tryAgain();
      }
    });
    vertx.setPeriodic(retryMs, _ -> tryAgain());
  }

  /**
   * Adds what is to be tried again, once, on any thread; it must not block.
   *
   * @param tried the owner with which it was in vain; null if none was known
   */
  void add(@Nullable Owner tried, Runnable again) {
    ownership.urge();
    size.incrementAndGet();
    waiting.add(again);
    Owner now = ownership.taking();
    if (now != null && !now.equals(tried)) {
      tryAgain(); // The change may have been looked at before this was seen to wait for it.
    }
  }

  /** Tries all again that wait. */
  void tryAgain() {
    for (int left = size.get(); left > 0; left--) {
      Runnable again = waiting.poll();
      if (again == null) {
        return;
      }
      size.decrementAndGet();
      again.run();
    }
  }
}
