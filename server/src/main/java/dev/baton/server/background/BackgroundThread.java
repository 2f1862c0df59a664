package dev.baton.server.background;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that give way to all others: where the system has niceness for each thread (Linux), they
 * take a tenth of what others would, and only when those want all of a processor; and whoever wakes
 * up does not wait for them. Java's own priorities mean nothing there without options that must be
 * given at the start.
 */
public final class BackgroundThread {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundThread.class);

  /** Not the most: what holds a lock for a moment must come to its turn soon. */
  private static final int NICENESS = 10;

  /**
   * More than others ask for at a time, at which Linux from 6.12 on lets whoever wakes up have its
   * turn at once. With a slice like theirs a thread keeps the processor until the end of it, or
   * until the clock's next tick, which may be 4 ms later.
   */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final @Nullable ThreadMXBean THREADS = counting();

  private BackgroundThread() {}

  /** A daemon thread of that name, not yet started. */
  public static Thread of(String name, Runnable task) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .unstarted(() -> {
          giveWay(NICENESS);
          task.run();
        });
  }

  /** How many bytes the calling thread has ever allocated; 0 where that is not counted. */
  public static long allocatedBytes() {
    return THREADS == null ? 0 : Math.max(THREADS.getCurrentThreadAllocatedBytes(), 0);
  }

  private static @Nullable ThreadMXBean counting() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported()
        ? threads
        : null;
  }

  /**
   * Lets the calling thread give way, and those that it starts from now on. There is no way back.
   *
   * @param niceness 1 to 19; 5 leaves a third of the share of others, 10 a tenth
   */
  public static void giveWay(int niceness) {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return; // Elsewhere it would be the whole process.
    }
    try {
      boolean isSet =
          LinuxScheduling.setAttributes(niceness, SLICE_NANOS)
              || LinuxScheduling.setPriority(niceness);
      LOG.debug("{} gives way: {}", Thread.currentThread().getName(), isSet);
    } catch (Throwable e) {
      LOG.debug("{} does not give way", Thread.currentThread().getName(), e);
    }
  }
}
