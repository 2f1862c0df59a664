package dev.baton.sdk;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes around what a process does: calls that it makes, attempts and steps that it runs. For
 * traces, metrics, checks, and context that travels with a call. Each method runs code around what
 * is inside, which is begun by {@link Next#proceed()}, and is on the thread on which that runs:
 *
 * {@snippet file="dev/baton/sdk/Snippets.java" region="interceptor"}
 *
 * <p>Interceptors are given to {@link Settings#withInterceptor}; the first is the outermost. They
 * may be called by any number of threads at once. A function runs again from its beginning after a
 * suspension or a takeover, and each time is an attempt; of its calls and steps only those are gone
 * around that are really made or run, not those whose stored outcome is read.
 *
 * <p><b>Failures.</b> What an interceptor throws counts as if what is inside had thrown it: a call
 * is not made, or is made and its caller told otherwise (the same id again finds it); an attempt or
 * a step has failed, and is tried again as its {@link RetryPolicy} says. So one that only looks on
 * must not throw. One that returns without having gone on, or goes on twice, fails with an {@link
 * IllegalStateException} that names its class. {@link ExecutionAborted} is no failure: it passes
 * through when a function is suspended or its task is lost, and goes on even if an interceptor
 * swallows it.
 */
public interface Interceptor {

  /**
   * What is inside: the next interceptor, and after the last what all of them are around.
   *
   * @param <T> of its result, which an interceptor hands on as it is
   */
  @FunctionalInterface
  interface Next<T extends @Nullable Object> {
    /**
     * Goes on; exactly once.
     *
     * @throws Exception whatever is thrown inside
     */
    T proceed() throws Exception;
  }

  /** A call that is about to be made. */
  interface Call {
    /** Of the call's promise. */
    String id();

    /** The function's name. */
    String function();

    /** The address of whoever is to run it, such as {@code poll://any@workers}. */
    String target();

    /** The id of the call in whose function it is made; null if it is made by a client. */
    @Nullable String parent();

    /** The headers that have been added so far; not to be changed. */
    Map<String, String> headers();

    /**
     * Adds a header, which is stored with the call ({@code param.headers}) and which every attempt
     * sees. It is not encrypted, and the first to make a call of an id decides on its headers. The
     * server limits their number and length, as it does those of tags.
     */
    void header(String name, String value);
  }

  /**
   * A run of a called function in this process.
   *
   * @param id of the call's promise
   * @param function its name
   * @param number how often the task had been taken when this began, from 1 ({@link
   *     Context#attempt()})
   * @param retry how often the function has failed and is tried again, as its {@link RetryPolicy}
   *     says; 0 for the first time
   * @param pid under which this process holds the task
   * @param headers that the call was made with, by whatever SDK; empty if there are none
   */
  record Attempt(
      String id,
      String function,
      long number,
      int retry,
      String pid,
      Map<String, String> headers) {}

  /**
   * A step of a function, which this process runs: a piece of code, or a registered function that
   * is called here.
   *
   * @param id of the step's promise
   * @param name that the function gave it
   * @param call the id of the call whose function makes it
   * @param function the name of that
   * @param attempt the {@link Attempt#number()}
   * @param retry how often the step has failed and is tried again
   */
  record Step(String id, String name, String call, String function, long attempt, int retry) {}

  /**
   * Around the making of a call by a client or a function: until the server has stored it, not
   * until it has its result. A checked exception reaches the caller as the cause of a {@link
   * ResonateException}, any other as it is.
   */
  default <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
    return next.proceed();
  }

  /**
   * Around one attempt: until the function has returned or thrown, or an {@link ExecutionAborted}
   * comes out of it, whose {@link ExecutionAborted#reason()} says why.
   */
  default <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
    return next.proceed();
  }

  /** Around one try of a step, inside of the attempt. */
  default <T extends @Nullable Object> T step(Step step, Next<T> next) throws Exception {
    return next.proceed();
  }

  /**
   * What runs a step on a thread of its own; called by the thread of the function that begins it,
   * so that what is bound to that thread can be carried over. The default carries nothing.
   */
  default Runnable fork(Runnable branch) {
    return branch;
  }
}
