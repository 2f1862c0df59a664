package dev.baton.bench.measure;

import com.sun.management.ThreadMXBean;
import dev.baton.bench.host.Proc;
import dev.baton.bench.load.Samples;
import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.Settings;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the Java SDK makes of a task: a client and a worker of it, both in this process. */
final class SdkTasks {

  private static final int CALLERS = 16;
  private static final int ROOM = 16;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private SdkTasks() {}

  /** One round's figures. */
  private record Round(double perSecond, double p50Ms, double cpuMs, double allocatedKb) {}

  static void run(Setting setting) throws InterruptedException {
    measure(setting, "echo", "");
    measure(setting, "steps", ", two steps");
  }

  static int echo(int number) {
    return number;
  }

  static int steps(Context context, int number) {
    int one = context.run("one", Integer.class, () -> number + 1);
    return context.run("two", Integer.class, () -> one - 1);
  }

  private static void measure(Setting setting, String function, String suffix)
      throws InterruptedException {
    List<Round> rounds = new ArrayList<>();
    try (Subject subject = setting.server()) {
      Settings settings =
          Settings.defaults()
              .withUrl(URI.create("http://" + subject.target().host()))
              .withGroup(subject.unique("sdk"));
      try (Resonate worker = Resonate.connect(settings.withSlots(ROOM));
          Resonate client = Resonate.connect(settings.withGroup(settings.group() + "-callers"))) {
        worker.register("echo", SdkTasks::echo).register("steps", SdkTasks::steps);
        worker.start();
        Callers callers = new Callers(client, settings.group(), function);
        callers.round(setting.options().warmUpSeconds());
        for (int i = 0; i < setting.options().rounds(); i++) {
          rounds.add(callers.round(setting.options().roundSeconds()));
        }
        callers.stop();
      }
    }
    setting.add(
        setting.row("tasks/s" + suffix, "", rounds.stream().map(Round::perSecond).toList()));
    setting.add(setting.row("p50" + suffix, "ms", rounds.stream().map(Round::p50Ms).toList()));
    setting.add(
        setting.row(
            "CPU per task, client and worker" + suffix,
            "ms",
            rounds.stream().map(Round::cpuMs).toList()));
    setting.add(
        setting.row(
            "allocated per task" + suffix, "KB", rounds.stream().map(Round::allocatedKb).toList()));
  }

  /** Callers that each have one call in flight. */
  private static final class Callers {
    private final Samples samples = new Samples();
    private final AtomicInteger number = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;
    private volatile @Nullable RuntimeException failure;

    Callers(Resonate client, String group, String function) {
      var caller = client.with(Options.target(group));
      for (int i = 0; i < CALLERS; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  while (!stopped) {
                    int task = number.incrementAndGet();
                    long started = System.nanoTime();
                    try {
                      int result = caller.rpc(group + "-" + task, function, Integer.class, task);
                      if (result != task) {
                        throw new IllegalStateException(task + " came back as " + result);
                      }
                    } catch (ResonateException | IllegalStateException e) {
                      failure = e;
                      return;
                    }
                    synchronized (samples) {
                      samples.add(System.nanoTime() - started);
                    }
                  }
                }));
      }
    }

    Round round(double seconds) throws InterruptedException {
      long self = ProcessHandle.current().pid();
      synchronized (samples) {
        samples.clear();
      }
      double cpu = Proc.cpuSeconds(self);
      long allocated = THREADS.getTotalThreadAllocatedBytes();
      long started = System.nanoTime();
      Thread.sleep((long) (seconds * 1000));
      var broken = failure;
      if (broken != null) {
        throw broken;
      }
      synchronized (samples) {
        double count = samples.size();
        return new Round(
            count / ((System.nanoTime() - started) / 1e9),
            samples.ms(0.5),
            (Proc.cpuSeconds(self) - cpu) * 1000 / count,
            (THREADS.getTotalThreadAllocatedBytes() - allocated) / 1e3 / count);
      }
    }

    void stop() throws InterruptedException {
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
