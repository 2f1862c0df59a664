package dev.baton.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of bodies all requests together may hold, from the first chunk to the answer, so
 * that many large ones at once do not take the memory of the process. Thread-safe.
 */
final class Budget {

  /** A body is held up to five times over: as bytes, text, tree, records and stored values. */
  private static final int SHARE_OF_HEAP = 8;

  private static final long LEAST = 4L << 20;

  /** An eighth of the heap. All servers of a process share it, as they share the heap. */
  static final Budget OF_PROCESS =
      new Budget(Math.max(LEAST, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));

  private final AtomicLong left;

  Budget(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** Takes so many bytes, or none and answers false. */
  boolean take(int bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  /** Gives bytes back that have been taken. */
  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }
}
