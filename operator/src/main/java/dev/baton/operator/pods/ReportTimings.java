package dev.baton.operator.pods;

import java.time.Duration;

/**
 * How long the server is tried.
 *
 * @param firstRetry the pause after a first failure; it doubles with each further one
 * @param lastRetry the longest pause
 * @param patience after so long the signal is given up: a lease of the usual length has run out
 */
public record ReportTimings(Duration firstRetry, Duration lastRetry, Duration patience) {

  /** For the default lease of a minute. */
  public static final ReportTimings DEFAULT =
      new ReportTimings(Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofMinutes(1));

  Duration after(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(lastRetry) < 0 ? twice : lastRetry;
  }
}
