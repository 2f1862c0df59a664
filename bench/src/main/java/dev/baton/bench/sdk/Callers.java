package dev.baton.bench.sdk;

import com.sun.management.ThreadMXBean;
import dev.baton.bench.host.Proc;
import dev.baton.bench.load.Samples;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ResonateException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Callers that each have one call in flight, for a round. */
final class Callers {

  private static final int COUNT = 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Resonate client;
  private final String function;
  private final Samples samples = new Samples();

  /** A round does not begin with anybody's first call. */
  private final CountDownLatch underWay = new CountDownLatch(COUNT);

  private volatile boolean stopped;
  private volatile @Nullable RuntimeException failure;

  /** Of the client's own group, which needs no options: those of old builds were another type. */
  Callers(Resonate client, String function) {
    this.client = client;
    this.function = function;
  }

  SdkRound round(double seconds) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      threads.add(Thread.ofVirtual().start(this::call));
    }
    underWay.await();
    var round = measure(seconds);
    stopped = true;
    for (var thread : threads) {
      thread.join();
    }
    var broken = failure;
    if (broken != null) {
      throw broken;
    }
    return round;
  }

  private SdkRound measure(double seconds) throws InterruptedException {
    long self = ProcessHandle.current().pid();
    synchronized (samples) {
      samples.clear();
    }
    double cpu = Proc.cpuSeconds(self);
    long allocated = THREADS.getTotalThreadAllocatedBytes();
    long started = System.nanoTime();
    Thread.sleep((long) (seconds * 1000));
    synchronized (samples) {
      double count = samples.size();
      return new SdkRound(
          count / ((System.nanoTime() - started) / 1e9),
          samples.ms(0.5),
          samples.ms(0.99),
          (Proc.cpuSeconds(self) - cpu) * 1000 / count,
          (THREADS.getTotalThreadAllocatedBytes() - allocated) / 1e3 / count);
    }
  }

  private void call() {
    boolean isFirst = true;
    try {
      while (!stopped) {
        long nanos = callOnce();
        if (isFirst) {
          isFirst = false;
          underWay.countDown();
          continue;
        }
        synchronized (samples) {
          samples.add(nanos);
        }
      }
    } catch (ResonateException | IllegalStateException e) {
      failure = e;
    } finally {
      if (isFirst) {
        underWay.countDown(); // Nobody waits for who has failed.
      }
    }
  }

  private long callOnce() {
    int task = NUMBER.incrementAndGet();
    long started = System.nanoTime();
    int result = client.rpc(client.settings().group() + "-" + task, function, Integer.class, task);
    if (result != task) {
      throw new IllegalStateException(task + " came back as " + result);
    }
    return System.nanoTime() - started;
  }
}
