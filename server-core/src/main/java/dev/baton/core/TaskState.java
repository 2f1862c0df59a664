package dev.baton.core;

/** Where a task stands (protocol section 6). */
public sealed interface TaskState {

  /**
   * To be taken by a worker.
   *
   * @param retryAt when the offer is repeated, or, before the first, made; epoch milliseconds
   * @param offered whether workers may be told of it; false while a delay lasts
   */
  record Pending(long retryAt, boolean offered) implements TaskState {}

  /**
   * Held by a process under a lease.
   *
   * @param ttlMs the lease's length
   * @param leaseExpiresAt epoch milliseconds
   * @param acquiredAt when the process took it, epoch milliseconds; 0 if that is not known and long
   *     ago. Heartbeats do not change it
   */
  record Acquired(String pid, long ttlMs, long leaseExpiresAt, long acquiredAt)
      implements TaskState {

    /** Taken now. */
    static Acquired at(long now, String pid, long ttlMs) {
      return new Acquired(pid, ttlMs, Instants.plus(now, ttlMs), now);
    }

    /** The same with a lease that lasts until then. */
    Acquired until(long expiresAt) {
      return new Acquired(pid, ttlMs, expiresAt, acquiredAt);
    }

    /** The process has shown that it lives. */
    Acquired renewed(long now) {
      return until(Instants.plus(now, ttlMs));
    }

    /**
     * When the lease ends if the server could not hear its holder before that instant: then it
     * lasts anew from there.
     */
    long endsAt(long heardFrom) {
      return Math.max(leaseExpiresAt, Instants.plus(heardFrom, ttlMs));
    }
  }

  /** Waits for other promises. */
  record Suspended() implements TaskState {}

  /** Taken out of circulation by an operator. */
  record Halted() implements TaskState {}

  /** Its promise is settled. */
  record Fulfilled() implements TaskState {}
}
