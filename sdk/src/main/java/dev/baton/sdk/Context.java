package dev.baton.sdk;

import dev.baton.sdk.internal.Current;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
 * <p>A <em>step</em> is a piece of code that runs here, once. A <em>call</em> runs a registered
 * function here, as a step with a context of its own; an <em>rpc</em> has any worker of a group run
 * it. What begins with {@code begin} does not wait.
 *
 * <p>A context belongs to the thread that the function was given; steps that run beside it get one
 * of their own; on any other an {@link IllegalStateException} is thrown. Steps that failed throw
 * what {@link DurablePromise#result()} throws, and so does whatever waits for a call.
 *
 * <p>Steps and calls are made with {@link Options#defaults()} or what {@link #with} gives; a step
 * heeds its timeout, tags and retry. Arguments and results travel as JSON and may be null; {@link
 * EncodingException} is thrown for an argument that has no such form. Each step is a promise below
 * the function's own, written with the task's version as the fencing token (protocol section 9.7),
 * and waiting suspends the task (section 9.6).
 *
 * <p>A function is not over before the steps that it has begun are, whether it waits for them or
 * not; only what is detached, and promises that others settle, are left to themselves.
 */
public interface Context extends ContextByReference {

  /**
   * The context of the durable function that runs on this thread, for functions that are methods of
   * an interface and take none.
   *
   * @throws IllegalStateException on any other thread
   */
  static Context current() {
    return Current.context();
  }

  /** The id of this function's promise. */
  String id();

  /** The id of the call that all of this began with. */
  String originId();

  /** How often the task had been taken when this execution began: its version, 1 for the first. */
  long attempt();

  /**
   * The id of the process that runs this: {@link Settings#pid()}, with a suffix if it was taken.
   */
  String pid();

  /** When this function's promise expires. No step outlives it. */
  Instant deadline();

  /**
   * Whether what this function does is in vain: its promise is settled, by a cancellation, its
   * deadline or somebody else, or another worker has the task. Its thread was interrupted then, and
   * its next step ends it. For code that computes for long without a step. May be called by any
   * thread.
   */
  boolean isCancelled();

  /** The same context, whose next steps are made with those options. */
  Context with(Options options);

  // Steps.

  /**
   * Runs a step here, once: when the function is run again the stored outcome is taken. The
   * result's type is read from the lambda or method reference.
   *
   * @param name the step's name, shown in the promise and compared on replay
   * @throws IllegalArgumentException if the result's type has type arguments that a lambda does not
   *     tell; give it as a {@link GenericType}
   */
  <T> T step(String name, Functions.F0<T> step);

  /** Runs a step here, once, whose result is read as that type on replay. */
  <T> T step(String name, Class<T> type, Functions.F0<T> step);

  /** Runs a step here, once, whose result is read as that type on replay. */
  <T> T step(String name, GenericType<T> type, Functions.F0<T> step);

  /** Runs a step here, once, that has no result. */
  void effect(String name, Functions.P0 step);

  /** Runs a step here, once, that makes steps of its own with the context it is given. */
  <T> T steps(String name, Class<T> type, Functions.F1<Context, T> step);

  /** As {@link #steps(String, Class, Functions.F1)}, for a result with type arguments. */
  <T> T steps(String name, GenericType<T> type, Functions.F1<Context, T> step);

  /** Begins a step here, beside this function, on a thread of its own. */
  <T> DurablePromise<T> beginStep(String name, Functions.F0<T> step);

  /** Begins a step here, beside this function, whose result is read as that type on replay. */
  <T> DurablePromise<T> beginStep(String name, Class<T> type, Functions.F0<T> step);

  /** Begins a step here, beside this function, whose result is read as that type on replay. */
  <T> DurablePromise<T> beginStep(String name, GenericType<T> type, Functions.F0<T> step);

  /** Begins a step that has no result here, beside this function. */
  DurablePromise<Void> beginEffect(String name, Functions.P0 step);

  /** Begins a step here, beside this function, that makes steps of its own. */
  <T> DurablePromise<T> beginSteps(String name, Class<T> type, Functions.F1<Context, T> step);

  /** As {@link #beginSteps(String, Class, Functions.F1)}, for a result with type arguments. */
  <T> DurablePromise<T> beginSteps(String name, GenericType<T> type, Functions.F1<Context, T> step);

  // Calls of registered functions here.

  /**
   * Runs a registered function here as a step, with a context of its own.
   *
   * @throws IllegalArgumentException if no function of that name and version is registered here
   */
  <T> T call(String function, Class<T> type, @Nullable Object... arguments);

  /** As {@link #call(String, Class, Object...)}, for a result with type arguments. */
  <T> T call(String function, GenericType<T> type, @Nullable Object... arguments);

  /** Begins a registered function here, beside this function. */
  <T> DurablePromise<T> beginCall(String function, Class<T> type, @Nullable Object... arguments);

  /** As {@link #beginCall(String, Class, Object...)}, for a result with type arguments. */
  <T> DurablePromise<T> beginCall(
      String function, GenericType<T> type, @Nullable Object... arguments);

  /**
   * The functions of an interface, each of whose methods runs here as a step: {@code
   * context.call(Orders.class).buy(order)}.
   */
  <F> F call(Class<F> functions);

  /** Begins what is called on the functions: {@code beginCall(Orders.class, it -> it.buy(o))}. */
  <F, T> DurablePromise<T> beginCall(Class<F> functions, Functions.F1<F, T> call);

  // Calls of registered functions anywhere.

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
   * The functions of an interface, each of whose methods is run by a worker of the target group and
   * waited for: {@code context.with(target("shop")).rpc(Orders.class).buy(order)}.
   */
  <F> F rpc(Class<F> functions);

  /** Begins what is called on the functions: {@code beginRpc(Orders.class, it -> it.buy(o))}. */
  <F, T> DurablePromise<T> beginRpc(Class<F> functions, Functions.F1<F, T> call);

  /**
   * Has a worker of the target group run the function, independently of this one: it may live
   * longer and nobody waits for it.
   *
   * @return its id, for {@link Resonate#get}
   */
  String detached(String function, @Nullable Object... arguments);

  // Time, chance and others.

  /**
   * Waits that long, measured from the first time the function came here, however often it is
   * moved. While it waits this function takes no slot. Ends early if {@link #deadline()} does. To
   * the millisecond; zero and less are over at once.
   */
  void sleep(Duration duration);

  /** Begins to wait that long; for use with {@link #race} and {@link #select}. */
  DurablePromise<Void> beginSleep(Duration duration);

  /** What time it was when the function first came here, by the clock of who ran it. A step. */
  default Instant now() {
    return step("now", Instant.class, () -> Instant.now());
  }

  /** Random numbers that are the same whenever the function is run again. A step, once a call. */
  default RandomGenerator random() {
    // Random's algorithm is specified, so the numbers are the same in every JDK to come.
    return new Random(step("random", Long.class, () -> ThreadLocalRandom.current().nextLong()));
  }

  /** An id that is unique, and the same whenever the function is run again. A step. */
  default UUID uuid() {
    return step("uuid", UUID.class, () -> UUID.randomUUID());
  }

  /**
   * Which version of a change of the code this call goes by, from where it first came here on: a
   * call that is new here gets {@code newest}; one whose function went on from here before the code
   * asked, 1. What differs is then guarded: {@code if (context.version("audit", 1, 2) >= 2) ...}.
   * The version belongs to the name, not to the place, so the call may move, and go when no call
   * needs it any more. A call that goes by a version that this code has not is held for a worker
   * that has it, as one whose steps do not match.
   *
   * @param change not blank, without {@code .} and {@code :}
   * @param oldest the oldest version that this code can still go on with, at least 1
   * @param newest the version that this code has for new calls, at least {@code oldest}
   */
  int version(String change, int oldest, int newest);

  /**
   * A promise that somebody else settles by this function's id and that name: {@code
   * resonate.promise("order-7", "approval", Decision.class).resolve(decision)}. Its id, {@code
   * order-7.p-approval}, does not move when the code changes; asked for again, also by a retry, it
   * is the same promise. It is found by its tag {@code baton:promise} and those of {@link
   * Options#tags()}.
   *
   * @param name not blank, without {@code .} and {@code :}
   * @param data what whoever settles it needs to know; null for nothing. Stored the first time
   * @param timeout after which it expires, positive; this function's own deadline if that is
   *     earlier
   */
  <T> DurablePromise<T> promise(
      String name, Class<T> type, @Nullable Object data, Duration timeout);

  /** As {@link #promise(String, Class, Object, Duration)}, for a value with type arguments. */
  <T> DurablePromise<T> promise(
      String name, GenericType<T> type, @Nullable Object data, Duration timeout);

  /**
   * A promise that somebody else settles by its id: {@code resonate.promises().resolve(id, value)}.
   * A human in the loop, for example.
   */
  <T> DurablePromise<T> promise(Class<T> type);

  /** As {@link #promise(Class)}, for a value with type arguments. */
  <T> DurablePromise<T> promise(GenericType<T> type);

  // Several at once.

  /** Waits for all and gives their values in that order; throws what the first of them throws. */
  default <T> List<T> all(List<DurablePromise<T>> promises) {
    return promises.stream().map(DurablePromise::result).toList();
  }

  /**
   * Waits until one of them is settled, and gives its place in the list. Which one that was is
   * stored: the function goes the same way whenever it is run again. A step.
   *
   * @throws IllegalArgumentException if there is none
   */
  int select(List<? extends DurablePromise<?>> promises);

  /** Waits until one of them is settled, and gives its value or throws its failure. A step. */
  default <T> T race(List<DurablePromise<T>> promises) {
    return promises.get(select(promises)).result();
  }

  /**
   * Waits until one of them has a value, and gives it. Failures before that are passed over. A step
   * for each that is settled first.
   *
   * @throws ResonateException what the last of them throws, if all fail
   */
  <T> T any(List<DurablePromise<T>> promises);

  // The older words.

  /** As {@link #step(String, Functions.F0)}. */
  default <T> T run(String name, Functions.F0<T> step) {
    return step(name, step);
  }

  /** As {@link #step(String, Class, Functions.F0)}. */
  default <T> T run(String name, Class<T> type, Functions.F0<T> step) {
    return step(name, type, step);
  }

  /** As {@link #step(String, GenericType, Functions.F0)}. */
  default <T> T run(String name, GenericType<T> type, Functions.F0<T> step) {
    return step(name, type, step);
  }
}
