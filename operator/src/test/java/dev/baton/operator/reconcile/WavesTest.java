package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.SteppedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WavesTest {

  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final SteppedClock clock = new SteppedClock();
  private final List<String> woken = new ArrayList<>();
  private final Waves<String> waves = new Waves<>(2, PAUSE, clock, woken::add);

  @Test
  void soManyRollAtOnceInTheOrderInWhichTheyCame() {
    List.of("a", "b", "c", "a").forEach(waves::await);
    waves.pass();
    assertThat(woken).containsExactly("a", "b");
    assertThat(waves.has("a")).isTrue();
    assertThat(waves.has("c")).isFalse();
  }

  @Test
  void aPlaceThatIsLeftStaysEmptyForAWhile() {
    List.of("a", "b", "c").forEach(waves::await);
    waves.pass();
    waves.done("a");
    waves.pass();
    assertThat(woken).containsExactly("a", "b");
    clock.step(PAUSE);
    waves.pass();
    assertThat(woken).containsExactly("a", "b", "c");
    assertThat(waves.has("a")).isFalse();
  }

  @Test
  void whoDoesNotComeToAnEndKeepsItsPlace() {
    List.of("a", "b", "c").forEach(waves::await);
    waves.pass();
    clock.step(Duration.ofDays(1));
    waves.pass();
    assertThat(woken).containsExactly("a", "b");
  }

  @Test
  void whatAnOperatorBeforeHasBegunTakesPlaces() {
    waves.rolls("x");
    waves.rolls("y");
    waves.await("a");
    waves.pass();
    assertThat(woken).isEmpty();
    waves.done("x");
    clock.step(PAUSE);
    waves.pass();
    assertThat(woken).containsExactly("a");
  }

  @Test
  void noPlacesAreAHold() {
    Waves<String> held = new Waves<>(0, PAUSE, clock, woken::add);
    held.await("a");
    held.pass();
    assertThat(woken).isEmpty();
    assertThat(held.has("a")).isFalse();
  }

  @Test
  void whoHasNothingToDoWithItAnyMoreLeavesItsTurnToOthers() {
    List.of("a", "b", "c", "d").forEach(waves::await);
    waves.pass();
    waves.done("c");
    waves.done("a");
    clock.step(PAUSE);
    waves.pass();
    assertThat(woken).containsExactly("a", "b", "d");
  }
}
