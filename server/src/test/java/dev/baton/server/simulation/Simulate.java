package dev.baton.server.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Runs histories from the command line: {@code Simulate <how many> [<first seed> [<threads>]]}. One
 * history alone is told in full.
 */
public final class Simulate {

  private static final long PART = 100_000;

  private Simulate() {}

  public static void main(String[] args) {
    silence();
    long count = args.length > 0 ? Long.parseLong(args[0]) : 10_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 0;
    int threads =
        args.length > 2
            ? Integer.parseInt(args[2])
            : Math.max(1, Runtime.getRuntime().availableProcessors());
    Simulator simulator = Simulator.imagined(Wiring.REAL);
    if (count == 1) {
      System.out.print(simulator.tell(Planner.plan(first)));
    }
    for (long at = first; at < first + count; at += PART) {
      Simulator.Result result = simulator.run(at, Math.min(PART, first + count - at), threads);
      System.out.println("from seed " + at + ": " + result);
      Simulator.Finding finding = result.finding();
      if (finding != null) {
        System.out.println(simulator.explain(finding));
        System.exit(1);
      }
    }
  }

  /** Misfortune is what is wanted here, not news. */
  static void silence() {
    setLevel(Level.OFF);
  }

  /** Other tests read the log. */
  static void endSilence() {
    setLevel(null);
  }

  private static void setLevel(@Nullable Level level) {
    if (LoggerFactory.getLogger("dev.baton.server") instanceof Logger logger) {
      logger.setLevel(level);
    }
  }
}
