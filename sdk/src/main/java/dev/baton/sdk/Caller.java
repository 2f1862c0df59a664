package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * Calls of durable functions from outside a durable function. The id names the call for ever: a
 * second call with the same id does nothing and gives the outcome of the first, whatever its
 * function and arguments. Safe for use by any thread. A call is a promise whose tags name who is to
 * run it (protocol sections 8.2, 9.2 and 20); {@link Options#defaults()} count unless {@link
 * Resonate#with} gives others.
 *
 * <p>An id is not empty, and has neither {@code :} nor U+0000 nor a part that could be a step's,
 * such as {@code .1}, {@code .r2} or {@code .p-name}; else {@link IllegalArgumentException} is
 * thrown.
 *
 * <p>Arguments travel as JSON and may be null; {@code type} is what the result is read as, {@code
 * Void.class} to ignore it. All of these methods throw {@link ServerException} if the server
 * refuses, {@link ConnectionException} if it cannot be reached in time, {@link EncodingException}
 * if an argument has no JSON form; those that wait also what {@link Handle#result()} throws.
 */
public interface Caller extends CallerByReference {

  /**
   * Has a worker of the target group run the function and waits for its result; null if it has
   * none.
   */
  default <T> T rpc(String id, String function, Class<T> type, @Nullable Object... arguments) {
    return beginRpc(id, function, type, arguments).result();
  }

  /** As {@link #rpc(String, String, Class, Object...)}, for a result with type arguments. */
  default <T> T rpc(
      String id, String function, GenericType<T> type, @Nullable Object... arguments) {
    return beginRpc(id, function, type, arguments).result();
  }

  /** Has a worker of the target group run the function. */
  <T> Handle<T> beginRpc(String id, String function, Class<T> type, @Nullable Object... arguments);

  /** As {@link #beginRpc(String, String, Class, Object...)}, for a result with type arguments. */
  <T> Handle<T> beginRpc(
      String id, String function, GenericType<T> type, @Nullable Object... arguments);

  /**
   * Runs the registered function in this process if it is started and has a free slot, else on
   * whichever worker of the group takes it, and waits for its result. The target is this process's
   * own group.
   *
   * @throws IllegalArgumentException if no function of that name is registered here
   */
  default <T> T run(String id, String function, Class<T> type, @Nullable Object... arguments) {
    return beginRun(id, function, type, arguments).result();
  }

  /** As {@link #run(String, String, Class, Object...)}, for a result with type arguments. */
  default <T> T run(
      String id, String function, GenericType<T> type, @Nullable Object... arguments) {
    return beginRun(id, function, type, arguments).result();
  }

  /** As {@link #run(String, String, Class, Object...)}, without waiting. */
  <T> Handle<T> beginRun(String id, String function, Class<T> type, @Nullable Object... arguments);

  /** As {@link #beginRun(String, String, Class, Object...)}, for a result with type arguments. */
  <T> Handle<T> beginRun(
      String id, String function, GenericType<T> type, @Nullable Object... arguments);
}
