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
   */
  record Acquired(String pid, long ttlMs, long leaseExpiresAt) implements TaskState {}

  /** Waits for other promises. */
  record Suspended() implements TaskState {}

  /** Taken out of circulation by an operator. */
  record Halted() implements TaskState {}

  /** Its promise is settled. */
  record Fulfilled() implements TaskState {}
}
