package dev.baton.server.cluster;

import dev.baton.protocol.Request;

/** What becomes of a request that no owner has answered. */
public enum Fate {
  /** It waits for an owner, and is sent to it. */
  HOLD,

  /** It is refused: nothing of it has happened. */
  REFUSE,

  /** It is refused: whether it has happened is not known. */
  UNKNOWN;

  /**
   * Of one that waits for an owner.
   *
   * @param waited for how long it has waited
   * @param most how long it may, in the same unit
   * @param wasLost whether an owner has got it before, and was lost
   */
  public static Fate ofWaiting(long waited, long most, boolean wasLost) {
    return waited < most ? HOLD : wasLost ? UNKNOWN : REFUSE;
  }

  /** Of one that an owner has got, which then was lost. */
  public static Fate ofLost(Request request) {
    return Repeats.of(request) == Repeats.NEVER ? UNKNOWN : HOLD;
  }

  /**
   * Whether what an owner answers says what became of a request: not if it refuses for its state
   * what an owner before may have done.
   *
   * @param wasLost whether an owner has got it before, and was lost
   */
  public static boolean isKnownBy(Request request, int status, boolean wasLost) {
    return !(wasLost
        && Repeats.of(request) == Repeats.IF_DONE
        && Repeats.isRefusedForState(status));
  }
}
