package dev.baton.worker;

import dev.baton.sdk.Context;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The function {@code computeSomething}, with a line in the log for each start and each end. */
final class Computation {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  private final Duration costUnit;
  private final InstantSource clock;
  private final PrintStream log;

  /**
   * @param costUnit how long a call of cost 1 takes
   */
  Computation(Duration costUnit, InstantSource clock, PrintStream log) {
    this.costUnit = costUnit;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Takes {@code computeCost} units.
   *
   * @throws IllegalArgumentException if the cost is negative: a failure that the caller gets to see
   * @throws InterruptedException if the worker stops and the drain time is over
   */
  Computed run(Context context, String id, int computeCost) throws InterruptedException {
    return perform(new Attempt(context.pid(), id, computeCost, context.attempt()));
  }

  /** One taking of a call by a worker; {@code number} is 1 for the first. */
  record Attempt(String worker, String call, int cost, long number) {
    Attempt {
      if (cost < 0) {
        throw new IllegalArgumentException("computeCost must not be negative, but is " + cost);
      }
    }
  }

  Computed perform(Attempt attempt) throws InterruptedException {
    var startedAt = clock.instant();
    say(startedAt, "started", attempt);
    try {
      Thread.sleep(costUnit.multipliedBy(attempt.cost));
    } catch (InterruptedException e) {
      say(clock.instant(), "abandoned", attempt);
      throw e;
    }
    var endedAt = clock.instant();
    say(endedAt, "finished", attempt);
    return new Computed(
        attempt.call,
        attempt.cost,
        attempt.worker,
        attempt.number,
        startedAt.toEpochMilli(),
        endedAt.toEpochMilli());
  }

  private void say(Instant at, String what, Attempt attempt) {
    // One string a line, so that concurrent calls do not mix.
    log.println(
        "%s %s %s %s cost %d attempt %d"
            .formatted(
                TIME.format(at), attempt.worker, what, attempt.call, attempt.cost, attempt.number));
  }
}
