package dev.baton.server.process;

import java.util.function.LongSupplier;

/** Epoch milliseconds that never go backwards. For one thread. */
final class Clock {

  private final LongSupplier source;
  private long last;

  Clock(LongSupplier source) {
    this.source = source;
  }

  long now() {
    last = Math.max(last, source.getAsLong());
    return last;
  }
}
