package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;

/** Whether a promise is settled, and how (protocol section 6). */
public sealed interface PromiseState {

  /** Nobody has settled it yet. */
  record Pending() implements PromiseState {
    static final Pending INSTANCE = new Pending();
  }

  /**
   * Final.
   *
   * @param as any state but pending
   * @param settledAt epoch milliseconds
   */
  record Settled(PromiseRecord.State as, Value value, long settledAt) implements PromiseState {
    public Settled {
      if (as == PromiseRecord.State.PENDING) {
        throw new IllegalArgumentException("pending is no way to be settled");
      }
    }
  }
}
