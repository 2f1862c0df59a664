package dev.baton.sdk;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * A worker in a process of its own. Its function {@code work} never ends and resolves the promise
 * {@code reached}, and {@code interrupted} if it is that; {@code compute} computes for some
 * milliseconds without a pause.
 */
final class ServingProcess {

  private ServingProcess() {}

  /** What runs in the process: told everything by its environment. */
  public static void main(String[] args) {
    try (var resonate = Resonate.connect(Settings.fromEnvironment())) {
      resonate.register(
          "work",
          (Context context) -> {
            resonate.promises().resolve("reached", context.pid());
            try {
              new Semaphore(0).acquire();
            } catch (InterruptedException e) {
              resonate.promises().resolve("interrupted", System.currentTimeMillis());
            }
            return context.pid();
          });
      resonate.register("compute", (Context context, Long millis) -> compute(context, millis));
      resonate.serve();
    }
  }

  private static String compute(Context context, long millis) {
    long start = System.nanoTime();
    long sum = 0;
    while (System.nanoTime() - start < Duration.ofMillis(millis).toNanos()) {
      sum += System.nanoTime() % 7;
    }
    return context.pid() + " " + context.attempt() + " " + (sum >= 0);
  }

  static Process start(Settings settings) {
    return start(settings, List.of(), Map.of());
  }

  static Process start(Settings settings, List<String> options, Map<String, String> environment) {
    return ChildProcess.start(ServingProcess.class, options, settings, environment);
  }
}
