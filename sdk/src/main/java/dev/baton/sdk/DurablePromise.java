package dev.baton.sdk;

import java.time.Duration;

/**
 * Something that a durable function has begun and may wait for. Belongs to the context that made it
 * and is used by the same thread.
 *
 * @param <T> the value's type
 */
public interface DurablePromise<T> {

  /** The promise's id, the same in every execution of the function. */
  String id();

  /**
   * Waits for the promise and gives its value, null if it has none. If it waits for work elsewhere
   * the function may be suspended here, and go on later on another worker by replay.
   *
   * @throws RemoteException if it was rejected
   * @throws PromiseCanceledException if it was cancelled
   * @throws PromiseTimeoutException if its deadline passed
   * @throws EncodingException if the value does not fit the type
   */
  T result();

  /**
   * As {@link #result()}, for a limited time, measured from the first time the function came here.
   * Whether it was over in time is stored, as of a step.
   *
   * @throws StillPendingException if the promise was not settled within that time; it may be waited
   *     for again
   */
  T result(Duration limit);

  /**
   * Cancels it, if it is pending: its result is a {@link PromiseCanceledException} then. Whoever
   * works on it is interrupted, and what it has begun is cancelled, too.
   */
  void cancel();
}
