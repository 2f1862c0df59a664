package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.SteppedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private final SteppedClock clock = new SteppedClock();
  private final List<String> woken = new ArrayList<>();
  private final Turns<String> turns = new Turns<>(2, clock, woken::add);

  @Test
  void aSecondsWorthIsGivenAtOnceThenEachWaitsForItsTurnInOrder() {
    assertThat(turns.take("a")).isTrue();
    assertThat(turns.take("b")).isTrue();
    assertThat(turns.take("c")).isFalse();
    assertThat(turns.take("d")).isFalse();
    assertThat(turns.take("c")).as("asking again does not help").isFalse();
    turns.pass();
    assertThat(woken).isEmpty();
    clock.step(Duration.ofMillis(500));
    turns.pass();
    assertThat(woken).containsExactly("c");
    assertThat(turns.take("d")).isFalse();
    assertThat(turns.take("c")).isTrue();
    assertThat(turns.take("c")).as("one turn is one").isFalse();
    clock.step(Duration.ofSeconds(1));
    turns.pass();
    assertThat(woken).containsExactly("c", "d", "c");
  }

  @Test
  void nobodyOvertakesThoseWhoWait() {
    turns.take("a");
    turns.take("b");
    turns.take("c");
    clock.step(Duration.ofSeconds(1));
    assertThat(turns.take("late")).isFalse();
    turns.pass();
    assertThat(woken).containsExactly("c", "late");
  }

  @Test
  void whoDoesNotNeedItsTurnAnyMoreLeavesItToOthers() {
    turns.take("a");
    turns.take("b");
    turns.take("c");
    turns.take("d");
    turns.forget("c");
    clock.step(Duration.ofMillis(500));
    turns.pass();
    assertThat(woken).containsExactly("d");
  }

  @Test
  void whatIsNotUsedIsNotSavedForMoreThanASecond() {
    clock.step(Duration.ofHours(1));
    assertThat(List.of(turns.take("a"), turns.take("b"), turns.take("c")))
        .containsExactly(true, true, false);
  }

  @Test
  void moreThanASecondsWorthAtOnceIsSavedAgainAtThePaceOfTheBudget() {
    Turns<String> saving = new Turns<>(2, 6, clock, woken::add);
    for (int i = 0; i < 6; i++) {
      assertThat(saving.take("a")).isTrue();
    }
    assertThat(saving.take("a")).isFalse();
    saving.forget("a");
    clock.step(Duration.ofSeconds(2));
    for (int i = 0; i < 4; i++) {
      assertThat(saving.take("a")).isTrue();
    }
    assertThat(saving.take("a")).isFalse();
  }

  @Test
  void whatCouldNotWaitIsTakenFromTheBudgetOfThoseWhoCan() {
    turns.charge();
    turns.charge();
    turns.charge();
    assertThat(turns.take("a")).isFalse();
    clock.step(Duration.ofMillis(500));
    turns.pass();
    assertThat(woken).isEmpty();
    clock.step(Duration.ofMillis(500));
    turns.pass();
    assertThat(woken).containsExactly("a");
  }

  @Test
  void howeverMuchCouldNotWaitOthersHaveTheirTurnAgainSoon() {
    for (int i = 0; i < 100; i++) {
      turns.charge();
    }
    turns.await("a");
    clock.step(Duration.ofMillis(1_500));
    turns.pass();
    assertThat(woken).containsExactly("a");
  }

  @Test
  void aBudgetOfNothingIsRefused() {
    assertThatThrownBy(() -> new Budgets(0, 5, 8, 0, Duration.ZERO))
        .hasMessageContaining("baton.status-writes-per-second is 0")
        .hasMessageContaining("must be 1 or more");
  }
}
