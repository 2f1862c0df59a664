package dev.baton.sdk;

import dev.baton.protocol.PromiseRecord;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Promises by their ids, from outside: what settles {@link Context#promise} and what looks behind a
 * {@link Handle}. Safe for use by any thread. Settling is final, so all of these methods give the
 * promise as it is afterwards, which may be what somebody else made of it before.
 *
 * <p>All throw {@link ServerException} if the server refuses (404: there is no such promise),
 * {@link ConnectionException} if it cannot be reached in time.
 */
public interface Promises {

  /**
   * Creates a promise that nobody runs anything for, or gives the one that exists (protocol section
   * 8.2).
   *
   * @param timeout after which it expires, positive, to the millisecond
   */
  PromiseRecord create(String id, Duration timeout);

  /** The promise as it is (protocol section 8.1). */
  PromiseRecord get(String id);

  /**
   * Promises with those tags, for example {@code Map.of("baton:promise", "approval")} for what
   * functions have made by that name, ordered by id. Pages are asked for as the stream is read.
   *
   * @param state null for any
   * @param tags all of which they have; empty for any promise
   */
  Stream<PromiseRecord> search(PromiseRecord.@Nullable State state, Map<String, String> tags);

  /**
   * Resolves the promise (protocol section 8.3).
   *
   * @param value its value, JSON; null for none
   * @throws EncodingException if the value has no JSON form
   */
  PromiseRecord resolve(String id, @Nullable Object value);

  /**
   * Rejects the promise: who waits for it gets a {@link RemoteException} of that type and message.
   */
  PromiseRecord reject(String id, Throwable failure);

  /**
   * Cancels the promise: who waits for it gets a {@link PromiseCanceledException}. If it is a
   * call's, that ends as with {@link Handle#cancel}.
   */
  PromiseRecord cancel(String id);
}
