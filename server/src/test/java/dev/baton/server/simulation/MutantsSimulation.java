package dev.baton.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds servers out that are wrong. */
@Tag("simulation")
class MutantsSimulation {

  private static final int SEEDS_MOST = 3_000;

  @BeforeAll
  static void silence() {
    Simulate.silence();
  }

  @AfterAll
  static void endSilence() {
    Simulate.endSilence();
  }

  @ParameterizedTest
  @EnumSource
  void aWrongServerIsFoundOut(Mutants mutant) {
    Simulator.Result result = Simulator.imagined(mutant).run(0, SEEDS_MOST, 1);
    Simulator.Finding finding = Objects.requireNonNull(result.finding(), result::toString);
    System.out.printf(
        "Mutant %s: seed %d: %s%n", mutant, finding.seed(), finding.violation().invariant);
    assertThat(finding.violation().getCause()).as("it is wrong, not broken").isNull();
  }

  @Test
  void aFindingIsToldByItsSmallestHistory() {
    Simulator simulator = Simulator.imagined(Mutants.LOSES_CALLBACKS);
    Simulator.Finding finding = Objects.requireNonNull(simulator.run(0, 100, 1).finding());
    Plan plan = Planner.plan(finding.seed());
    Plan smallest = simulator.shrink(finding);
    assertThat(smallest.stimuli()).hasSizeBetween(1, 4).hasSizeLessThan(plan.stimuli().size());
    assertThat(simulator.explain(finding))
        .startsWith("seed " + finding.seed() + ": ")
        .contains("a suspended task waits for something")
        .contains("Invoke[");
  }
}
