package dev.baton.sdk.internal.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What time it is, and every way in which the SDK waits for time to pass or for others to act. One
 * that is not the system's can so let weeks pass at once, and knows when nothing happens any more.
 */
public interface Time extends InstantSource {

  /** The system's. */
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /** The system's, with another clock. */
  static Time of(InstantSource clock) {
    return new SystemTime(clock);
  }

  /** For spans of time: nanoseconds since some instant. */
  long nanoTime();

  /** Pauses this thread. */
  void sleep(Duration duration) throws InterruptedException;

  /** Runs something later, on a thread that others need, too. */
  void after(Duration delay, Runnable action);

  /** Pauses that can be cut short. */
  Pauses pauses();

  /** Waits, for as long as it takes, for what others complete. */
  <T extends @Nullable Object> T await(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException;

  /**
   * Waits for what others complete.
   *
   * @throws TimeoutException if they have not within that time
   */
  <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException;

  /** Threads that pause until their time is over or all are called. */
  interface Pauses {

    /** Pauses this thread that long, or less. */
    void await(Duration limit) throws InterruptedException;

    /** Ends the pauses of all who are in one. */
    void end();
  }

  @Override
  Instant instant();
}
