package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a function: where its steps are counted. A context and its copies with other options
 * share it.
 *
 * @param id of the function's promise
 * @param retry how often it has been tried again; 0 for the first run
 * @param prefix what the ids of its steps begin with: the id, and for a retry its number
 * @param timeoutAt that promise's deadline, epoch milliseconds
 */
record Frame(
    Execution execution,
    String id,
    int retry,
    String prefix,
    long timeoutAt,
    Thread owner,
    Steps steps) {

  /** What the owner has begun so far. */
  static final class Steps {
    private int count;
    private @Nullable String within;
    private final List<StepPromise<?>> begun = new ArrayList<>();
  }

  /**
   * @param retry 0 for the first run
   */
  static Frame of(Execution execution, String id, int retry, long timeoutAt) {
    String prefix = retry == 0 ? id : Ids.retry(id, retry);
    return new Frame(execution, id, retry, prefix, timeoutAt, Thread.currentThread(), new Steps());
  }

  /**
   * The id of the next step.
   *
   * @throws IllegalStateException on another thread, where the order of steps would be chance
   */
  String nextId() {
    checkUse();
    steps.count++;
    return Ids.child(prefix, steps.count);
  }

  /** Whether the function has made a further step when it came this way before. */
  boolean hasGoneOn() {
    return execution.journal().seek(Ids.child(prefix, steps.count + 1)) != null;
  }

  /**
   * @throws IllegalStateException on another thread, or in a step that the function waits for
   */
  void checkUse() {
    checkOwner();
    execution.throwIfAborted();
    if (steps.within != null) {
      throw new IllegalStateException(
          steps.within
              + " uses the context of the function around it; a step that makes steps takes the"
              + " context that it is given (steps)");
    }
  }

  /** The function waits for a step that runs on its thread. */
  void enter(String step) {
    steps.within = step;
  }

  void leave() {
    steps.within = null;
  }

  void checkOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "the context of "
              + id
              + " is used by another thread than its function's; a step that makes steps takes the"
              + " context that it is given");
    }
  }

  <T> StepPromise<T> attach(StepPromise<T> promise) {
    steps.begun.add(promise);
    return promise;
  }

  /**
   * A function is not over before what it has begun is. Of what failed and was never asked for its
   * result nobody would ever hear.
   */
  void joinSteps() {
    for (var step : steps.begun) {
      var outcome = step.join();
      if (outcome.state() == PromiseRecord.State.REJECTED && !step.isObserved()) {
        execution.unobserved(step, outcome);
      }
    }
  }

  /** Before a function is run again, what it has begun beside itself must not run any more. */
  void joinLocalSteps() {
    steps.begun.stream().filter(step -> !step.isRemote()).forEach(StepPromise::join);
  }

  /**
   * The function has come to its end.
   *
   * @throws Aborts.NotDeterministic if there was a further step when it came this way before
   */
  void checkEnd() {
    var further = execution.journal().seek(Ids.child(prefix, steps.count + 1));
    if (further != null) {
      throw new Aborts.NotDeterministic(
          "%s ends after %d steps, but when it first came here %s followed: %s"
              .formatted(
                  id,
                  steps.count,
                  execution.said(further),
                  "a function must make the same steps whenever it is run again"));
    }
  }
}
