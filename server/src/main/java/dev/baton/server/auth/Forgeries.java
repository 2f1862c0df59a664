package dev.baton.server.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Bounds how many signatures are verified in vain: to look at one costs an event loop up to two
 * milliseconds, to make one up costs nothing. Counts by the second; thread-safe.
 */
final class Forgeries {

  static final int MOST_OF_ADDRESS = 20;
  static final int MOST = 100;

  private record Second(long number, AtomicInteger all, Map<String, AtomicInteger> byAddress) {
    Second(long number) {
      this(number, new AtomicInteger(), new ConcurrentHashMap<>());
    }
  }

  /** So many addresses that have shown a good token are remembered. */
  static final int MOST_PROVEN = 4_096;

  private final LongSupplier clock;
  private volatile Second current;

  /** Those that were looked at last come last. Guarded by itself. */
  private final Map<String, Boolean> proven =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST_PROVEN;
        }
      };

  /** The clock shows milliseconds. */
  Forgeries(LongSupplier clock) {
    this.clock = clock;
    this.current = new Second(clock.getAsLong() / 1000);
  }

  /**
   * Whether a signature that came from the address may be looked at. Where a good one came from
   * before, it does not matter what others send.
   */
  boolean mayLook(String address) {
    Second second = second();
    AtomicInteger ofAddress = second.byAddress().get(address);
    return (ofAddress == null || ofAddress.get() < MOST_OF_ADDRESS)
        && (second.all().get() < MOST || isProven(address));
  }

  private boolean isProven(String address) {
    synchronized (proven) {
      return proven.get(address) != null;
    }
  }

  /** A good one came from there. */
  void proven(String address) {
    synchronized (proven) {
      proven.put(address, true);
    }
  }

  /** One was looked at in vain. */
  void found(String address) {
    Second second = second();
    second.all().incrementAndGet();
    second.byAddress().computeIfAbsent(address, _ -> new AtomicInteger()).incrementAndGet();
  }

  private Second second() {
    long number = clock.getAsLong() / 1000;
    Second second = current;
    if (second.number() != number) {
      second = new Second(number);
      current = second;
    }
    return second;
  }
}
