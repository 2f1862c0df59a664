package dev.baton.server.memory;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many bytes one part of the server holds in memory for its clients, and how many it may.
 * Thread-safe, without locks.
 */
public final class Account {

  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final LongAdder refusals = new LongAdder();

  public Account(long limit) {
    this.limit = limit;
  }

  /** Reserves so many bytes, or none and answers false: then something is to be refused. */
  public boolean tryReserve(long bytes) {
    return tryReserve(bytes, limit, false);
  }

  /**
   * The same up to another limit; what is alone finds room however large it is.
   *
   * @param most how many may be held then
   */
  public boolean tryReserve(long bytes, long most) {
    return tryReserve(bytes, most, true);
  }

  /** What is refused is never counted, not for a moment: another would be refused because of it. */
  private boolean tryReserve(long bytes, long most, boolean isForAnyAlone) {
    for (; ; ) {
      long before = used.get();
      if (before + bytes > most && !(isForAnyAlone && before == 0)) {
        refusals.increment();
        return false;
      }
      if (used.compareAndSet(before, before + bytes)) {
        return true;
      }
    }
  }

  /** Reserves bytes beyond the limit, too: they are there already. */
  public void reserve(long bytes) {
    used.addAndGet(bytes);
  }

  /** Gives back what has been reserved. */
  public void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Says how much is held, where one alone knows it. */
  public void set(long bytes) {
    used.set(bytes);
  }

  /** Notes that something was refused for want of room. */
  public void refused() {
    refusals.increment();
  }

  /** Whether so many bytes would fit now. */
  public boolean hasRoomFor(long bytes) {
    return used.get() + bytes <= limit;
  }

  /** How many bytes are held. */
  public long used() {
    return used.get();
  }

  /** How many may be held. */
  public long limit() {
    return limit;
  }

  /** How often something was refused for want of room. */
  public long refusals() {
    return refusals.sum();
  }
}
