package dev.baton.server.process;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A queue of bounded length that any thread may add to, and that wakes nobody by itself. */
final class Inbox {

  private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger length = new AtomicInteger();
  private final int capacity;

  Inbox(int capacity) {
    this.capacity = capacity;
  }

  /** Whether there was room. */
  boolean offer(Work work) {
    if (length.incrementAndGet() > capacity) {
      length.decrementAndGet();
      return false;
    }
    return queue.add(work);
  }

  /** Moves what waits, in its order and at most so many, to a collection. */
  void drainTo(Collection<? super Work> taken, int most) {
    for (int i = 0; i < most; i++) {
      Work work = queue.poll();
      if (work == null) {
        return;
      }
      length.decrementAndGet();
      taken.add(work);
    }
  }

  int length() {
    return length.get();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }
}
