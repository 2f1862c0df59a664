package dev.baton.server.auth;

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

  private final LongSupplier clock;
  private volatile Second current;

  /** The clock shows milliseconds. */
  Forgeries(LongSupplier clock) {
    this.clock = clock;
    this.current = new Second(clock.getAsLong() / 1000);
  }

  /** Whether a signature that came from the address may be looked at. */
  boolean mayLook(String address) {
    Second second = second();
    AtomicInteger ofAddress = second.byAddress().get(address);
    return second.all().get() < MOST && (ofAddress == null || ofAddress.get() < MOST_OF_ADDRESS);
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
