package dev.baton.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("simulation")
class ServerSimulation {

  /** Within so many histories even the rarest thing happens. */
  private static final long RARE_WITHIN = 8_000;

  private static final int SEEDS = Integer.getInteger("simulation.seeds", 10_000);
  private static final int SQLITE_SEEDS = Integer.getInteger("simulation.sqlite.seeds", 300);
  private static final int THREADS = Math.min(Runtime.getRuntime().availableProcessors(), 8);

  @TempDir Path folder;

  @BeforeAll
  static void silence() {
    Simulate.silence();
  }

  @AfterAll
  static void endSilence() {
    Simulate.endSilence();
  }

  @Test
  void whatMustHoldHoldsAfterEveryEventOfManyHistories() {
    run("imagined disk", Simulator.imagined(Wiring.REAL), SEEDS);
  }

  @Test
  void whatMustHoldHoldsOnARealFileToo() {
    AtomicInteger number = new AtomicInteger();
    Simulator simulator =
        new Simulator(
            Wiring.REAL,
            _ -> Stores.sqlite(folder.resolve("history-" + number.incrementAndGet() + ".db")));
    run("SQLite", simulator, SQLITE_SEEDS);
  }

  private static void run(String store, Simulator simulator, int seeds) {
    Simulator.Result result = simulator.run(0, seeds, THREADS);
    System.out.println("Simulation (" + store + "): " + result);
    Simulator.Finding finding = result.finding();
    assertThat(finding == null ? "nothing" : simulator.explain(finding)).isEqualTo("nothing");
    assertThat(result.histories()).isEqualTo(seeds);
  }

  @Test
  void aSeedIsAHistory() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(trace(seed)).as("seed %d", seed).isEqualTo(trace(seed));
    }
  }

  private static List<String> trace(long seed) {
    World world = new World(Planner.plan(seed), Wiring.REAL, Stores.imagined(true), true);
    world.run();
    return world.trace.lines();
  }

  /** A simulation proves nothing about what never happens in it. */
  @Test
  void historiesReachWhatMatters() {
    List<String> wanted =
        List.of(
            "task.acquire 200",
            "task.acquire 409",
            "task.create 200",
            "task.create 409",
            "task.fence 200",
            "task.fence 409",
            "task.fulfill 200",
            "task.fulfill 409",
            "task.heartbeat 200",
            "task.release 200",
            "task.release 409",
            "task.suspend 200",
            "task.suspend 300",
            "task.suspend 409",
            "task.halt 200",
            "task.continue 200",
            "schedule.create 200",
            "promise.register_callback 200",
            "promise.register_listener 200",
            "EndLease: Acquired to Pending",
            "EndLeases: Acquired to Pending",
            "EndOverdueLeases: Acquired to Pending",
            "Tick: Acquired to Fulfilled",
            "Tick: Suspended to Pending",
            "Tick: Suspended to Fulfilled",
            "promise.settle: Suspended to Pending",
            "promise.settle: Acquired to Fulfilled",
            "ForgetListeners 200",
            "promise.create without room",
            "schedule.create without room",
            "task.fence without room",
            "task.suspend without room",
            "schedules without room");
    Map<String, Integer> census = new TreeMap<>();
    Simulator simulator = Simulator.imagined(new Census(census));
    for (long from = 0; from < RARE_WITHIN && !census.keySet().containsAll(wanted); from += 400) {
      simulator.run(from, 400, 1);
    }
    assertThat(census.keySet()).containsAll(wanted);
  }
}
