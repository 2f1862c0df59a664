package dev.baton.sdk;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a durable function calls to make its steps durable. Every step has a promise whose id
 * follows from its place in the function, so after a suspension, a crash or a hand-over the
 * function is run again from its beginning and each step that was done gives its stored outcome at
 * once. Between two steps a function must therefore do the same whenever it is given the same
 * outcomes: time, randomness and the outside world belong into steps.
 *
 * <p>A context belongs to the thread that the function was given; steps that run beside it get one
 * of their own. Steps that failed throw what {@link Handle#result()} throws.
 *
 * <p>A function is not over before the steps that it has begun are, whether it waits for them or
 * not; only what is detached, and promises that others settle, are left to themselves.
 */
public interface Context {

  /** The id of this function's promise. */
  String id();

  /** The id of the call that all of this began with. */
  String originId();

  /** How often the task has been taken, by any worker: its version, 1 for the first. */
  long attempt();

  /** The id of the process that runs this. */
  String pid();

  /** When this function's promise expires. No step outlives it. */
  Instant deadline();

  /** The same context, whose next steps are made with those options. */
  Context with(Options options);

  /**
   * Runs a step here, once: when the function is run again the stored outcome is taken. The
   * result's type is read from the lambda or method reference.
   *
   * @param name the step's name, shown in the promise and compared on replay
   * @throws IllegalArgumentException if the result's type has type arguments that a lambda does not
   *     tell; give it as a {@link GenericType}
   */
  <T> T run(String name, Functions.F0<T> step);

  /** Runs a step that has no result here, once. */
  void run(String name, Functions.P0 step);

  /** Runs a step here, once, whose result is read as that type on replay. */
  <T> T run(String name, Class<T> type, Functions.F0<T> step);

  /** Runs a step here, once, whose result is read as that type on replay. */
  <T> T run(String name, GenericType<T> type, Functions.F0<T> step);

  /** Runs a step here, once, that makes steps of its own with the context it is given. */
  <T> T run(String name, Class<T> type, Functions.F1<Context, T> step);

  /** Runs a registered function here as a step, with a context of its own. */
  <T> T run(String function, Class<T> type, @Nullable Object... arguments);

  /** Begins a step here, beside this function, on a virtual thread of its own. */
  <T> DurablePromise<T> beginRun(String name, Functions.F0<T> step);

  /** Begins a step that has no result here, beside this function. */
  DurablePromise<Void> beginRun(String name, Functions.P0 step);

  /** Begins a step here, beside this function, whose result is read as that type on replay. */
  <T> DurablePromise<T> beginRun(String name, Class<T> type, Functions.F0<T> step);

  /** Begins a step here, beside this function, whose result is read as that type on replay. */
  <T> DurablePromise<T> beginRun(String name, GenericType<T> type, Functions.F0<T> step);

  /** Begins a step here, beside this function, that makes steps of its own. */
  <T> DurablePromise<T> beginRun(String name, Class<T> type, Functions.F1<Context, T> step);

  /** Begins a registered function here, beside this function. */
  <T> DurablePromise<T> beginRun(String function, Class<T> type, @Nullable Object... arguments);

  /**
   * Has a worker of the target group run the function and waits for its result. While it waits this
   * function is suspended and takes no slot.
   */
  default <T> T rpc(String function, Class<T> type, @Nullable Object... arguments) {
    return beginRpc(function, type, arguments).result();
  }

  /** As {@link #rpc(String, Class, Object...)}, for a result with type arguments. */
  default <T> T rpc(String function, GenericType<T> type, @Nullable Object... arguments) {
    return beginRpc(function, type, arguments).result();
  }

  /** Has a worker of the target group run the function. */
  <T> DurablePromise<T> beginRpc(String function, Class<T> type, @Nullable Object... arguments);

  /** As {@link #beginRpc(String, Class, Object...)}, for a result with type arguments. */
  <T> DurablePromise<T> beginRpc(
      String function, GenericType<T> type, @Nullable Object... arguments);

  /**
   * Has a worker of the target group run the function, independently of this one: it may live
   * longer and nobody waits for it.
   *
   * @return its id, for {@link Resonate#get}
   */
  String detached(String function, @Nullable Object... arguments);

  /**
   * Waits that long, measured from the first time the function came here, however often it is
   * moved. While it waits this function takes no slot. Ends early if {@link #deadline()} does.
   */
  void sleep(Duration duration);

  /** What time it was when the function first came here, by the clock of who ran it. A step. */
  default Instant now() {
    return run("now", Instant.class, () -> Instant.now());
  }

  /** Random numbers that are the same whenever the function is run again. A step, once a call. */
  default RandomGenerator random() {
    // Random's algorithm is specified, so the numbers are the same in every JDK to come.
    return new Random(run("random", Long.class, () -> ThreadLocalRandom.current().nextLong()));
  }

  /** An id that is unique, and the same whenever the function is run again. A step. */
  default UUID uuid() {
    return run("uuid", UUID.class, () -> UUID.randomUUID());
  }

  /**
   * A promise that somebody else settles by its id: {@code resonate.promises().resolve(id, value)}.
   * A human in the loop, for example.
   */
  <T> DurablePromise<T> promise(Class<T> type);

  /** As {@link #promise(Class)}, for a value with type arguments. */
  <T> DurablePromise<T> promise(GenericType<T> type);
}
