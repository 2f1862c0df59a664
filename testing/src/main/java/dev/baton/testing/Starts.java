package dev.baton.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.awaitility.core.ThrowingRunnable;

/** Waits for a child process to do what it was started for. */
final class Starts {

  /** A database needs the processor to start, which whoever asks all the time takes from it. */
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);

  private Starts() {}

  /**
   * Returns when something works.
   *
   * @param name what has been started
   * @param log what it writes to
   * @param attempt fails until it works
   * @throws IllegalStateException if the process ends or the time is over; it shows the log
   */
  static void await(
      String name, Process process, Path log, Duration most, ThrowingRunnable attempt) {
    try {
      Awaitility.await(name)
          .atMost(most)
          .pollDelay(Duration.ZERO)
          .pollInterval(BETWEEN_TRIES)
          .failFast(() -> !process.isAlive())
          .untilAsserted(() -> assertWorks(attempt));
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw new IllegalStateException(name + " does not start: " + text(log), e);
    }
  }

  private static void assertWorks(ThrowingRunnable attempt) throws Throwable {
    try {
      attempt.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "it has written nothing to " + log;
    }
  }
}
