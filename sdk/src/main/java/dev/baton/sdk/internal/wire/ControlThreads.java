package dev.baton.sdk.internal.wire;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few platform threads on which a process keeps in touch with its server. Functions run on
 * other threads, mostly virtual ones, which share their carriers: one that computes without a pause
 * must not keep a heartbeat from being sent.
 */
final class ControlThreads implements Control {

  private static final Logger LOG = LoggerFactory.getLogger(Control.class);
  private static final int THREADS = 4;
  private static final long IDLE_SECONDS = 30;

  private final ScheduledThreadPoolExecutor executor;

  ControlThreads() {
    executor = new ScheduledThreadPoolExecutor(THREADS, Control.factory("resonate-control-"));
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
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
