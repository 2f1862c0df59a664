package dev.baton.sdk;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The result of a durable call, now or later. Safe for use by any thread; not for use inside a
 * durable function, where {@link DurablePromise} is. Whoever waits is told by a message, and asks
 * again from time to time in case that is lost (protocol sections 8.5 and 12).
 *
 * @param <T> the result's type
 */
public interface Handle<T> {

  /** The promise's id, which finds it again from anywhere: {@link Resonate#get}. */
  String id();

  /**
   * Whether the promise is settled, as far as this process has heard. The first call asks the
   * server; later ones do not wait.
   *
   * @throws ServerException if the server refuses, for example because there is no such promise
   * @throws ConnectionException if the server cannot be reached
   */
  boolean isDone();

  /**
   * Waits for the promise, however long it takes and however often the server is away, and gives
   * its value; null if it has none.
   *
   * @throws RemoteException if it was rejected
   * @throws PromiseCanceledException if it was cancelled
   * @throws PromiseTimeoutException if its deadline passed
   * @throws EncodingException if the value does not fit the type
   * @throws ServerException if the server refuses to tell
   * @throws ResonateException if the thread is interrupted (its interrupt status stays set) or the
   *     {@link Resonate} is closed
   */
  T result();

  /**
   * As {@link #result()}, for a limited time.
   *
   * @throws StillPendingException if the promise is not settled within that time
   */
  T result(Duration limit);

  /**
   * Cancels the call, if it is not over: its result is a {@link PromiseCanceledException} then. The
   * function is interrupted where it runs, by a worker of this SDK within a second, and {@link
   * Context#isCancelled} there; all that it has begun, and not detached, is cancelled, too,
   * wherever that runs.
   *
   * @return whether it is cancelled, by this or before; false if it had another outcome already
   * @throws ServerException if the server refuses, for example because there is no such promise
   * @throws ConnectionException if the server cannot be reached in time; some of it may be
   *     cancelled
   */
  boolean cancel();

  /**
   * The result as a future, for use with what speaks of futures. It completes on a virtual thread,
   * with the value or with what {@link #result()} throws, also if nobody holds the handle any more.
   * Cancelling it changes nothing about the call. A new one with each call.
   */
  CompletableFuture<T> toFuture();
}
