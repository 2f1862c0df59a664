package dev.baton.server.dispatch;

/**
 * Workers come back to a backlog, one after the other: until they are there, each gets a share of
 * it and no more. Mutable; the dispatcher owns it.
 */
final class Gathering {

  /** A share of the backlog, in percent, and the least that anybody gets. */
  private static final int SHARE_PERCENT = 10;

  private static final int LEAST_SHARE = 4;

  /** So long after the last one came nobody else is waited for. */
  private static final long PATIENCE_MS = 1_500;

  /** The same where nobody has been before, or not for long. */
  private static final long SHORT_PATIENCE_MS = 500;

  private static final long MOST_MS = 5_000;

  private final long begunAt;
  private final long patienceMs;
  private final int share;

  /** How many workers there were; 0 if that is not known. */
  private final int expected;

  /** Unless others come meanwhile. */
  long until;

  Gathering(int backlog, int expected, boolean isReturn, long now) {
    this.begunAt = now;
    this.share = Math.max(LEAST_SHARE, Math.ceilDiv(backlog * SHARE_PERCENT, 100));
    this.expected = expected;
    this.patienceMs = isReturn ? PATIENCE_MS : SHORT_PATIENCE_MS;
    this.until = now + patienceMs;
  }

  /**
   * Whether waiting for workers makes a difference: the first is not given all of such a backlog.
   */
  static boolean isWorthwhile(int backlog) {
    return backlog > LEAST_SHARE;
  }

  /** One more has come; whether all have that there were. */
  boolean joined(int connected, long now) {
    until = Math.min(begunAt + MOST_MS, now + patienceMs);
    return expected > 0 && connected >= expected;
  }

  /**
   * Whether a worker may get a task. One that says how much it takes at once gets no more than a
   * share at once; of one that does not say, nobody knows.
   */
  boolean mayTake(Worker worker, boolean saysItsSlots) {
    return (saysItsSlots ? worker.load() : worker.takenOfBacklog) < share;
  }
}
