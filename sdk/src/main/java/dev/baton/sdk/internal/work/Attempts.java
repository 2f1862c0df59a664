package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Functions;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.internal.value.Failures;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a function until it succeeds or its retry policy is exhausted. A retry begins from scratch:
 * it makes its steps anew, under ids of its own.
 */
final class Attempts {

  /** How a function ended. */
  record Outcome(PromiseRecord.State state, Value value) {}

  /**
   * What is run.
   *
   * @param id of its promise
   * @param name of the function or step
   * @param said what it is called in messages
   * @param timeoutAt its promise's deadline
   */
  record Subject(
      String id, String name, String said, long timeoutAt, RetryPolicy retry, Body body) {}

  /** Runs once; given a frame of its own each time. */
  interface Body {
    @Nullable Object run(Frame frame) throws Exception;

    /** What the function around it gave to be run; null if that was no code. */
    default Functions.@Nullable Shape code() {
      return null;
    }

    /** Whether it can make steps. */
    default boolean makesSteps() {
      return true;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  private Attempts() {}

  /**
   * The outcome; all that the function has begun has ended.
   *
   * @throws ExecutionAborted if the execution ends before
   */
  static Outcome run(Execution execution, Subject subject) {
    int retry = Retries.begun(execution.journal(), subject.id());
    if (retry > 0) {
      execution.awaitRetry(subject.id(), retry);
    }
    while (true) {
      var frame = Frame.of(execution, subject.id(), retry, subject.timeoutAt());
      Throwable failure;
      try {
        execution.probe().beforeRun(subject.name(), subject.id(), retry);
        var result = subject.body().run(frame);
        execution.probe().afterRun(subject.name(), subject.id(), retry);
        calm(execution);
        end(frame, subject);
        return new Outcome(
            PromiseRecord.State.RESOLVED,
            execution.values().encode(result, "the result of " + subject.said()));
      } catch (ExecutionAborted e) {
        throw e;
      } catch (VirtualMachineError | LinkageError e) {
        LOG.error("{} cannot be run by this process", subject.said(), e);
        throw new Aborts.Broken(subject.id(), e);
      } catch (Throwable e) {
        calm(execution);
        failure = e;
      }
      if (execution.journal().settled(subject.id()) != null) {
        return failed(execution, failure); // It was cancelled, and whoever asks is told that.
      }
      var delay = delay(execution, subject, retry + 1);
      if (delay.isEmpty()) {
        LOG.warn(
            "{} failed for good (try {}, attempt {} of the task)",
            subject.said(),
            retry + 1,
            execution.attempt(),
            failure);
        join(() -> end(frame, subject), failure);
        return failed(execution, failure);
      }
      retry++;
      LOG.warn(
          "{} failed (try {}, attempt {} of the task) and is tried again in {}",
          subject.said(),
          retry,
          execution.attempt(),
          delay.get(),
          failure);
      join(frame::joinLocalSteps, failure);
      execution.pause(subject, retry, delay.get(), failure);
    }
  }

  static Outcome failed(Execution execution, Throwable failure) {
    return new Outcome(PromiseRecord.State.REJECTED, Failures.encode(execution.values(), failure));
  }

  private static void end(Frame frame, Subject subject) {
    frame.joinSteps();
    if (subject.body().makesSteps()) {
      frame.checkEnd();
    }
  }

  /** An interruption ends with the code that it was meant for, unless it ends the execution. */
  private static void calm(Execution execution) {
    execution.throwIfAborted();
    Thread.interrupted();
  }

  private static void join(Runnable join, Throwable failure) {
    try {
      join.run();
    } catch (ResonateException e) {
      if (e != failure) { // The function may have failed with that of the step.
        failure.addSuppressed(e);
      }
    }
  }

  /** Empty if there is to be no further try. */
  private static Optional<Duration> delay(Execution execution, Subject subject, int retry) {
    long now = execution.clock().millis();
    return subject
        .retry()
        .delayBefore(retry)
        .filter(delay -> Times.after(now, delay) < subject.timeoutAt());
  }
}
