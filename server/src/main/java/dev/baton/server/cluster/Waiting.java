package dev.baton.server.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits at the end of something, where there is nobody to be told. */
final class Waiting {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Waiting() {}

  /** Until that holds, or for so long. */
  static void until(BooleanSupplier condition, long mostMs) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
