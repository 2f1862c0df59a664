package dev.baton.server.poll;

import dev.baton.server.memory.Account;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the workers' streams may hold of messages that have not been read: each alone, and all
 * together. Thread-safe.
 */
public final class StreamMemory {

  /** How long a stream may stand still when others want its memory. */
  private static final long PATIENCE_NANOS = 2_000_000_000;

  private final Account account;
  private final int mostMessages;
  private final long mostBytes;

  /** Streams that were refused for what others hold. */
  private final Set<WorkerConnection> waiting = ConcurrentHashMap.newKeySet();

  private final Set<WorkerConnection> all = ConcurrentHashMap.newKeySet();
  private volatile long lastPressureNanos = System.nanoTime() - PATIENCE_NANOS;

  /**
   * @param account what all streams together hold
   * @param mostMessages how many may be on their way to one
   * @param mostBytes how many bytes may be on their way to one
   */
  public StreamMemory(Account account, int mostMessages, long mostBytes) {
    this.account = account;
    this.mostMessages = mostMessages;
    this.mostBytes = mostBytes;
  }

  void add(WorkerConnection stream) {
    all.add(stream);
  }

  void remove(WorkerConnection stream) {
    all.remove(stream);
    waiting.remove(stream);
  }

  /**
   * Whether the streams together have room; if not, the stream is told later. One that holds
   * nothing gets something a little longer: its peer reads.
   */
  boolean hasRoom(WorkerConnection stream, boolean isEmpty) {
    if (fits(isEmpty)) {
      return true;
    }
    if (waiting.add(stream)) {
      account.refused();
    }
    press();
    return fits(isEmpty); // It may have changed before we were seen to wait.
  }

  private boolean fits(boolean isEmpty) {
    long limit = account.limit();
    return account.used() < (isEmpty ? limit + limit / 2 : limit);
  }

  /** Lets streams go whose peers do not read. */
  private void press() {
    long now = System.nanoTime();
    if (now - lastPressureNanos > PATIENCE_NANOS / 2) {
      lastPressureNanos = now;
      all.forEach(stream -> stream.yieldMemory(PATIENCE_NANOS));
    }
  }

  /** Whether a stream has as much on its way as it may. */
  boolean isFull(long messages, long bytes) {
    return messages >= mostMessages || bytes >= mostBytes;
  }

  /** Whether a stream that was full may get more. */
  boolean isHalfEmpty(long messages, long bytes) {
    return messages <= mostMessages / 2 && bytes <= mostBytes / 2;
  }

  void reserve(long bytes) {
    account.reserve(bytes);
  }

  void release(long bytes) {
    account.release(bytes);
    if (!waiting.isEmpty() && account.hasRoomFor(1)) {
      for (WorkerConnection stream : waiting) {
        if (waiting.remove(stream)) {
          stream.writable();
        }
      }
    }
  }
}
