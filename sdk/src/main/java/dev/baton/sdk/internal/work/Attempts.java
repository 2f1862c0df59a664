package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.internal.value.Failures;
import dev.baton.sdk.internal.value.Values;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Runs a function until it succeeds or its retry policy is exhausted. */
final class Attempts {

  /** How a function ended. */
  record Outcome(PromiseRecord.State state, Value value) {

    static Outcome failed(Throwable failure) {
      return new Outcome(PromiseRecord.State.REJECTED, Failures.encode(failure));
    }
  }

  /** What is run; given a frame of its own each time. */
  interface Body {
    @Nullable Object run(Frame frame) throws Exception;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  private Attempts() {}

  /**
   * The outcome; all that the function has begun has ended.
   *
   * @throws ExecutionAborted if the execution ends before
   */
  static Outcome run(Execution execution, String id, long timeoutAt, RetryPolicy retry, Body body) {
    for (int failures = 1; ; failures++) {
      var frame = Frame.of(execution, id, timeoutAt);
      Throwable failure;
      try {
        var result = body.run(frame);
        calm(execution);
        frame.joinSteps();
        return new Outcome(
            PromiseRecord.State.RESOLVED, Values.encode(result, "the result of " + id));
      } catch (ExecutionAborted e) {
        throw e;
      } catch (Throwable e) {
        calm(execution);
        failure = e;
      }
      var delay = delay(execution, timeoutAt, retry, failures);
      if (delay.isEmpty()) {
        // A step's failure is the function's business; the function's own is everybody's.
        LOG.atLevel(id.equals(execution.id()) ? Level.WARN : Level.DEBUG)
            .log("{} failed", id, failure);
        join(frame::joinSteps, failure);
        return Outcome.failed(failure);
      }
      LOG.info("{} failed and is tried again in {}", id, delay.get(), failure);
      join(frame::joinLocalSteps, failure);
      pause(execution, id, delay.get());
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
      failure.addSuppressed(e);
    }
  }

  /** Empty if there is to be no further try. */
  private static Optional<Duration> delay(
      Execution execution, long timeoutAt, RetryPolicy retry, int failures) {
    long now = execution.clock().millis();
    return retry.delayBefore(failures).filter(delay -> now + delay.toMillis() < timeoutAt);
  }

  private static void pause(Execution execution, String id, Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      execution.throwIfAborted();
      throw new IllegalStateException("a stranger interrupted the retry of " + id, e);
    }
  }
}
