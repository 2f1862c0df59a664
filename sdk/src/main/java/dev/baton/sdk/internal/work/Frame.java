package dev.baton.sdk.internal.work;

import java.util.ArrayList;
import java.util.List;

/**
 * One run of a function: where its steps are counted. A context and its copies with other options
 * share it.
 *
 * @param id of the function's promise
 * @param timeoutAt that promise's deadline, epoch milliseconds
 */
record Frame(Execution execution, String id, long timeoutAt, Thread owner, Steps steps) {

  /** What the owner has begun so far. */
  static final class Steps {
    private int count;
    private final List<StepPromise<?>> begun = new ArrayList<>();
  }

  static Frame of(Execution execution, String id, long timeoutAt) {
    return new Frame(execution, id, timeoutAt, Thread.currentThread(), new Steps());
  }

  /**
   * The id of the next step.
   *
   * @throws IllegalStateException on another thread, where the order of steps would be chance
   */
  String nextId() {
    checkOwner();
    execution.throwIfAborted();
    steps.count++;
    return Ids.child(id, steps.count);
  }

  void checkOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "the context of "
              + id
              + " is used by another thread than its function's; a step that makes steps takes the context that it is given");
    }
  }

  <T> StepPromise<T> attach(StepPromise<T> promise) {
    steps.begun.add(promise);
    return promise;
  }

  /** A function is not over before what it has begun is. */
  void joinSteps() {
    steps.begun.forEach(StepPromise::join);
  }

  /** Before a function is run again, what it has begun beside itself must not run any more. */
  void joinLocalSteps() {
    steps.begun.stream().filter(step -> !step.remote()).forEach(StepPromise::join);
  }
}
