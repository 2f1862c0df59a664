package dev.baton.server.process;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the engine stands still while work waits: in a disk that does not answer, say. It
 * has a thread of its own, since whoever takes a step may hang in it, be it an event loop.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  private static final long LOOK_MS = 1_000;

  /** What is watched. */
  interface Watched {

    /** How many steps have been taken. */
    long steps();

    /** Whether a step is being taken, or something waits for one. */
    boolean isWorkWaiting();

    /** What whoever steps is doing, for the log. */
    StackTraceElement[] whereabouts();
  }

  private final Watched watched;
  private final long patienceNanos;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());
  private long lastSteps = -1;
  private long lastLook;
  private long stillNanos;
  private volatile boolean isStuck;

  /**
   * Begins with {@link #start}.
   *
   * @param patience how long it may stand still; zero: for ever
   */
  Watchdog(Watched watched, Duration patience) {
    this.watched = watched;
    this.patienceNanos = patience.toNanos();
  }

  /** Looks from now on. */
  void start() {
    if (patienceNanos > 0) {
      looks.scheduleWithFixedDelay(
          () -> look(System.nanoTime()), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** Whether the engine has stood still for too long. Any thread may ask. */
  boolean isStuck() {
    return isStuck;
  }

  /** One look. A pause of the whole process counts no more than the time between two looks. */
  void look(long nanos) {
    long steps = watched.steps();
    if (steps != lastSteps || !watched.isWorkWaiting()) {
      if (isStuck) {
        LOG.warn("The engine goes on");
      }
      stillNanos = 0;
      isStuck = false;
    } else {
      stillNanos += Math.min(nanos - lastLook, TimeUnit.MILLISECONDS.toNanos(2 * LOOK_MS));
      if (stillNanos >= patienceNanos && !isStuck) {
        isStuck = true;
        LOG.error(
            Arrays.stream(watched.whereabouts())
                .map(StackTraceElement::toString)
                .collect(
                    Collectors.joining(
                        " < ",
                        "The engine has not taken a step for {} ms while work waits; it is here: ",
                        "")),
            TimeUnit.NANOSECONDS.toMillis(stillNanos));
      }
    }
    lastSteps = steps;
    lastLook = nanos;
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
