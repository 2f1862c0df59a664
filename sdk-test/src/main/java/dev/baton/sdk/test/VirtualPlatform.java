package dev.baton.sdk.test;

import dev.baton.sdk.FunctionThreads;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.Platform;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.wire.Control;
import dev.baton.sdk.internal.wire.Link;
import dev.baton.sdk.internal.work.Clockwork;
import dev.baton.sdk.internal.work.Probe;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an engine stands on in a test. */
class VirtualPlatform implements Platform {

  private static final Logger LOG = LoggerFactory.getLogger(VirtualPlatform.class);
  private static final int BEATS_PER_LEASE = 3;

  private final VirtualTime time;
  private final InProcessServer server;
  private final Object owner;
  private final Probe probe;
  private final BooleanSupplier holdsTasks;

  /**
   * @param owner for whom its threads work
   * @param holdsTasks whether there are leases to be renewed
   */
  VirtualPlatform(
      VirtualTime time,
      InProcessServer server,
      Object owner,
      Probe probe,
      BooleanSupplier holdsTasks) {
    this.time = time;
    this.server = server;
    this.owner = owner;
    this.probe = probe;
    this.holdsTasks = holdsTasks;
  }

  @Override
  public Time time() {
    return time;
  }

  @Override
  public Control control() {
    return new VirtualControl();
  }

  @Override
  public ThreadFactory threads(FunctionThreads kind) {
    return time.activities().threads(owner, Platform.SYSTEM.threads(kind));
  }

  @Override
  public Link link(Settings settings) {
    return linked(server, time.activities());
  }

  /** What leads to the server. */
  ServerLink linked(InProcessServer server, Activities activities) {
    return new ServerLink(server, activities);
  }

  @Override
  public Clockwork clockwork(Duration leaseTtl, Runnable beat, Runnable tick) {
    long nanos = TimeUnit.NANOSECONDS.convert(leaseTtl) / BEATS_PER_LEASE;
    return new Beats(
        nanos,
        () -> {
          beat.run();
          tick.run();
        });
  }

  @Override
  public Probe probe() {
    return probe;
  }

  private final class VirtualControl implements Control {
    private volatile boolean closed;

    @Override
    public void after(Duration delay, Runnable action) {
      time.after(delay, () -> run(action));
    }

    private void run(Runnable action) {
      if (closed) {
        return;
      }
      try {
        action.run();
      } catch (DoesNotFinishError e) {
        throw e;
      } catch (Throwable e) {
        LOG.error("something went wrong beside the functions", e);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /**
   * Heartbeats, three in a lease; none while nothing is held, so that a week in which everybody
   * sleeps is one jump.
   */
  private final class Beats implements Clockwork, VirtualTime.Source {
    private final long every;
    private final Runnable beat;
    private long last;

    Beats(long every, Runnable beat) {
      this.every = every;
      this.beat = beat;
    }

    @Override
    public void start() {
      last = time.nanoTime();
      time.remove(this);
      time.add(this);
    }

    @Override
    public void now() {
      beat.run();
    }

    @Override
    public long nextAt(long now) {
      if (!holdsTasks.getAsBoolean()) {
        last = now;
        return VirtualTime.NEVER;
      }
      return last + every;
    }

    @Override
    public void fire(long now) {
      last = now;
      beat.run();
    }

    @Override
    public void close() {
      time.remove(this);
    }
  }
}
