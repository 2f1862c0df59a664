package dev.baton.sdk.internal.work;

import dev.baton.sdk.internal.watch.Watches;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clockwork of a process: heartbeats, leases that run out, watches to be looked at again. */
public final class Pulse implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);
  private static final Duration LONGEST_STEP = Duration.ofSeconds(1);
  private static final int BEATS_PER_LEASE = 3;

  private final LeaseKeeper leases;
  private final Watches watches;
  private final long beatNanos;
  private final long stepNanos;
  private final Semaphore wanted = new Semaphore(0);
  private final AtomicBoolean started = new AtomicBoolean();
  private final Thread thread;
  private long lastBeat;

  public Pulse(Duration leaseTtl, LeaseKeeper leases, Watches watches) {
    this.leases = leases;
    this.watches = watches;
    this.beatNanos = leaseTtl.toNanos() / BEATS_PER_LEASE;
    this.stepNanos = Math.min(beatNanos, LONGEST_STEP.toNanos());
    this.thread = Thread.ofVirtual().name("resonate-pulse").unstarted(this::run);
  }

  public void start() {
    if (started.compareAndSet(false, true)) {
      thread.start();
    }
  }

  /** A heartbeat without waiting for its time. */
  public void now() {
    wanted.release();
  }

  private void run() {
    lastBeat = System.nanoTime();
    try {
      while (true) {
        boolean atOnce = wanted.tryAcquire(stepNanos, TimeUnit.NANOSECONDS);
        wanted.drainPermits();
        try {
          step(System.nanoTime(), atOnce);
        } catch (RuntimeException e) {
          LOG.error("a step of the clockwork failed", e); // It must go on: leases depend on it.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void step(long now, boolean atOnce) {
    leases.expire();
    watches.tick();
    if (atOnce || now - lastBeat >= beatNanos) {
      lastBeat = now;
      // Each on a thread of its own: one that the server does not answer must not delay the next.
      Thread.ofVirtual().name("resonate-heartbeat").start(leases::beat);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
