package dev.baton.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * A worker in a process of its own, whose function {@code work} never ends; it resolves the promise
 * {@code reached}.
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
            new Semaphore(0).acquire();
            return context.pid();
          });
      resonate.serve();
    }
  }

  static Process start(Settings settings) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            ServingProcess.class.getName());
    builder
        .environment()
        .putAll(
            Map.of(
                "RESONATE_URL", settings.url().toString(),
                "RESONATE_GROUP", settings.group(),
                "RESONATE_PID", settings.pid(),
                "RESONATE_DRAIN_TIMEOUT", seconds(settings.drainTimeout())));
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String seconds(Duration duration) {
    return Double.toString(duration.toMillis() / 1000.0);
  }
}
