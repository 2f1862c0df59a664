package dev.baton.worker;

import dev.baton.sdk.Resonate;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.Settings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entry point. Everything is told by the environment: {@code RESONATE_URL}, {@code RESONATE_GROUP},
 * {@code RESONATE_PID}, {@code RESONATE_TOKEN}, {@code RESONATE_SLOTS} (default here: 1), {@code
 * RESONATE_DRAIN_TIMEOUT}, and {@code COST_UNIT_MS} (default 1000), the milliseconds that a call of
 * cost 1 takes.
 */
public final class Main {

  private Main() {}

  /**
   * Serves until SIGTERM or SIGINT; then running calls are finished or given back, and it ends with
   * 0. With 1 it ends when the server refuses it for a minute, with 2 if it is told nonsense.
   */
  public static void main(String[] args) {
    if (args.length > 0) {
      fail("unknown argument '" + args[0] + "': this worker is told everything by its environment");
    }
    try {
      serve(System.getenv());
    } catch (IllegalArgumentException e) {
      fail(e.getMessage());
    } catch (ServerException e) {
      System.err.println("baton-worker: " + e.getMessage());
      System.exit(1); // Kubernetes starts it again, perhaps with another token.
    }
  }

  private static void serve(Map<String, String> environment) {
    var computation = new Computation(costUnit(environment), InstantSource.system(), System.out);
    try (var resonate = Resonate.connect(settings(environment))) {
      resonate.register("computeSomething", computation::run);
      var settings = resonate.settings();
      System.out.printf(
          "%s serves group %s of %s with %d slot(s)%n",
          settings.pid(), settings.group(), settings.url(), settings.slots());
      resonate.serve();
    }
  }

  /** One call at a time unless told otherwise: each stands for work that needs the whole worker. */
  static Settings settings(Map<String, String> environment) {
    var settings = Settings.fromEnvironment(environment);
    return environment.getOrDefault("RESONATE_SLOTS", "").isEmpty()
        ? settings.withSlots(1)
        : settings;
  }

  static Duration costUnit(Map<String, String> environment) {
    var text = environment.getOrDefault("COST_UNIT_MS", "1000");
    try {
      var ms = Integer.parseInt(text);
      if (ms >= 0) {
        return Duration.ofMillis(ms);
      }
    } catch (NumberFormatException _) {
      // Falls through to the refusal.
    }
    throw new IllegalArgumentException(
        "COST_UNIT_MS must be a number of milliseconds, 0 or more, but is '" + text + "'");
  }

  private static void fail(@Nullable String message) {
    System.err.println("baton-worker: " + message);
    System.exit(2);
  }
}
