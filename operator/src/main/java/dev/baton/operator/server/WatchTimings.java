package dev.baton.operator.server;

import java.time.Duration;

/**
 * How a group is watched.
 *
 * @param silence a stream that says nothing for so long is checked by a question
 * @param look how often a server is asked that does not stream
 * @param firstRetry the pause after a first failure; it doubles with each further one
 * @param lastRetry the longest pause
 */
public record WatchTimings(
    Duration silence, Duration look, Duration firstRetry, Duration lastRetry) {

  /** A dead server is noticed in ten seconds at worst, a returned one in two. */
  public static final WatchTimings DEFAULT =
      new WatchTimings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          Duration.ofMillis(250),
          Duration.ofSeconds(2));

  Duration retryAfter(int failures) {
    Duration pause = firstRetry;
    for (int i = 1; i < failures && pause.compareTo(lastRetry) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(lastRetry) < 0 ? pause : lastRetry;
  }
}
