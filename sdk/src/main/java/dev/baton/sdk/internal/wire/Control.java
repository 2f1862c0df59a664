package dev.baton.sdk.internal.wire;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few platform threads on which a process keeps in touch with its server. Functions run on
 * other threads, mostly virtual ones, which share their carriers: one that computes without a pause
 * must not keep a heartbeat from being sent.
 */
public final class Control implements Executor, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Control.class);
  private static final int THREADS = 4;
  private static final long IDLE_SECONDS = 30;

  private final ScheduledThreadPoolExecutor executor;

  public Control() {
    executor = new ScheduledThreadPoolExecutor(THREADS, factory("resonate-control-"));
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Daemon threads of that name and a number. */
  public static ThreadFactory factory(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  /** A daemon thread of that name, not started yet. */
  public static Thread thread(String name, Runnable body) {
    return Thread.ofPlatform().daemon().name(name).unstarted(body);
  }

  /** Runs something soon; after the end nothing. What it throws is logged. */
  @Override
  public void execute(Runnable action) {
    after(Duration.ZERO, action);
  }

  /** Runs something later; after the end nothing. What it throws is logged. */
  public void after(Duration delay, Runnable action) {
    try {
      executor.schedule(() -> guarded(action), Times.nanos(delay), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("nothing is begun any more");
    }
  }

  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) { // The thread belongs to others, too.
      LOG.error("something went wrong beside the functions", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
