package dev.baton.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Histories of three servers over one database. */
@Tag("simulation")
class ClusterSimulation {

  private static final long FIRST = Long.getLong("simulation.cluster.from", 0);
  private static final int SEEDS = Integer.getInteger("simulation.cluster.seeds", 10_000);
  private static final int MUTANT_SEEDS = 4_000;
  private static final int THREADS = Math.min(Runtime.getRuntime().availableProcessors(), 8);

  @BeforeAll
  static void silence() {
    Simulate.silence();
  }

  @AfterAll
  static void endSilence() {
    Simulate.endSilence();
  }

  private record Finding(long seed, Throwable what) {}

  private record Result(
      long histories, long events, long acknowledged, long handOvers, @Nullable Finding finding) {}

  private static Result run(@Nullable ClusterMutants mutant, long from, int count, int threads) {
    AtomicLong next = new AtomicLong(from);
    AtomicLong done = new AtomicLong();
    AtomicLong events = new AtomicLong();
    AtomicLong acknowledged = new AtomicLong();
    AtomicLong handOvers = new AtomicLong();
    AtomicReference<@Nullable Finding> finding = new AtomicReference<>();
    List<Thread> players = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      players.add(
          Thread.ofPlatform()
              .start(() -> {
                for (long seed = next.getAndIncrement();
                    seed < from + count && finding.get() == null;
                    seed = next.getAndIncrement()) {
                  try {
                    ClusterWorld world = new ClusterWorld(seed, mutant, false);
                    events.addAndGet(world.run());
                    acknowledged.addAndGet(world.ledger.acknowledged);
                    handOvers.addAndGet(world.handOvers);
                    done.incrementAndGet();
                  } catch (RuntimeException | Error e) {
                    finding.compareAndSet(null, new Finding(seed, e));
                  }
                }
              }));
    }
    for (Thread player : players) {
      try {
        player.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Result(done.get(), events.get(), acknowledged.get(), handOvers.get(), finding.get());
  }

  private static String tell(long seed) {
    ClusterWorld world = new ClusterWorld(seed, null, true);
    try {
      world.run();
    } catch (Violation e) {
      return String.join("\n", world.trace.lines()) + "\nFound: " + e.getMessage();
    }
    return "nothing";
  }

  @Test
  void whatMustHoldHoldsWhileServersDieFreezeAndAreCut() {
    long began = System.nanoTime();
    Result result = run(null, FIRST, SEEDS, THREADS);
    System.out.printf(
        "Simulation (three servers): %,d histories, %,d events, %,d requests acknowledged, %,d"
            + " hand-overs in %.1f s%n",
        result.histories(),
        result.events(),
        result.acknowledged(),
        result.handOvers(),
        (System.nanoTime() - began) / 1e9);
    Finding finding = result.finding();
    if (finding != null) {
      finding.what().printStackTrace();
      assertThat("seed " + finding.seed() + ":\n" + tell(finding.seed())).isEqualTo("nothing");
    }
    assertThat(result.histories()).isEqualTo(SEEDS);
    assertThat(result.acknowledged()).isGreaterThan(5L * SEEDS);
    assertThat(result.handOvers()).isGreaterThan(SEEDS / 20);
  }

  /** It lies unread in a server that stands still, until that owns the store another time. */
  @Test
  void aRequestThatWasMeantForAnEarlierOwnerIsNotDone() {
    assertThat(tell(1_078_704)).isEqualTo("nothing");
  }

  /** The connection breaks again while the owner looks what has become of its last transaction. */
  @Test
  void aStoreMayFailTwice() {
    assertThat(tell(5_157_019)).isEqualTo("nothing");
  }

  /** A lost worker's leases are due just after the owner has told its successor what it wrote. */
  @Test
  void whoHasEndedDoesNothingThatIsDueLater() {
    assertThat(tell(5_162_583)).isEqualTo("nothing");
  }

  /** Two leave and the third stands still: none is there when all is healed. */
  @Test
  void somebodyOwnsTheStoreAlthoughAllWereLeaving() {
    assertThat(tell(5_073_542)).isEqualTo("nothing");
  }

  @Test
  void aSeedIsAHistory() {
    for (long seed = 0; seed < 10; seed++) {
      ClusterWorld one = new ClusterWorld(seed, null, true);
      one.run();
      ClusterWorld other = new ClusterWorld(seed, null, true);
      other.run();
      assertThat(one.trace.lines()).isEqualTo(other.trace.lines());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongServerIsFoundOut(ClusterMutants mutant) {
    Finding finding =
        Objects.requireNonNull(run(mutant, 0, MUTANT_SEEDS, THREADS).finding(), mutant::name);
    System.out.printf("Mutant %s: seed %d: %s%n", mutant, finding.seed(), finding.what());
    assertThat(finding.what()).as("it is wrong, not broken").isInstanceOf(Violation.class);
  }
}
