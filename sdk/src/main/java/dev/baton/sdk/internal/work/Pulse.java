package dev.baton.sdk.internal.work;

import dev.baton.sdk.internal.wire.Control;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clockwork of a process: heartbeats, and watches to be looked at again. */
public final class Pulse implements Clockwork {

  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);
  private static final Duration LONGEST_STEP = Duration.ofSeconds(1);
  private static final int BEATS_PER_LEASE = 3;

  private final Runnable beat;
  private final Runnable tick;
  private final long beatNanos;
  private final long stepNanos;
  private final Semaphore wanted = new Semaphore(0);
  private final AtomicBoolean started = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean closed;
  private long lastBeat;

  /**
   * Neither may wait for anything.
   *
   * @param beat what is to be done three times in a lease
   * @param tick what is to be done about once a second
   */
  public Pulse(Duration leaseTtl, Runnable beat, Runnable tick) {
    this.beat = beat;
    this.tick = tick;
    this.beatNanos = Times.nanos(leaseTtl) / BEATS_PER_LEASE;
    this.stepNanos = Math.min(beatNanos, LONGEST_STEP.toNanos());
    this.thread = Control.thread("resonate-pulse", this::run);
  }

  @Override
  public void start() {
    if (started.compareAndSet(false, true)) {
      thread.start();
    }
  }

  @Override
  public void now() {
    wanted.release();
  }

  private void run() {
    lastBeat = System.nanoTime();
    while (!closed) {
      try {
        boolean atOnce = wanted.tryAcquire(stepNanos, TimeUnit.NANOSECONDS);
        wanted.drainPermits();
        step(System.nanoTime(), atOnce);
      } catch (InterruptedException e) {
        LOG.debug("the clockwork was interrupted");
      } catch (Throwable e) { // It must go on: leases depend on it.
        LOG.error("a step of the clockwork failed", e);
      }
    }
  }

  private void step(long now, boolean atOnce) {
    if (atOnce || now - lastBeat >= beatNanos) {
      lastBeat = now;
      beat.run();
    }
    tick.run();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
