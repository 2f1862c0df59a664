package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * A promise that a function has made with {@link Context#promise(String, Class, Object,
 * java.time.Duration)}, for somebody else to settle: a human, a webhook, another system. Safe for
 * use by any thread.
 *
 * <p>The methods that ask the server throw {@link ServerException} with status 404 while the
 * function has not come so far, {@link ConnectionException} if the server cannot be reached in
 * time.
 *
 * @param <T> the value's type
 */
public interface ExternalPromise<T> {

  /** Its id. */
  String id();

  /**
   * Resolves it.
   *
   * @param value null for none
   * @return whose word it is, which may be somebody else's before
   * @throws EncodingException if the value has no JSON form
   */
  Settlement resolve(@Nullable T value);

  /** Rejects it: who waits for it gets a {@link RemoteException} of that type and message. */
  Settlement reject(Throwable failure);

  /** Cancels it: who waits for it gets a {@link PromiseCanceledException}. */
  Settlement cancel();

  /**
   * What the function has said with it; null if nothing.
   *
   * @throws EncodingException if that does not fit the type
   */
  <D> @Nullable D data(Class<D> type);

  /** Its outcome, now or later. */
  Handle<T> handle();
}
