package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {

  @Test
  void noMoreIsTakenThanThereIsAndWhatIsGivenBackCanBeTakenAgain() {
    Budget budget = new Budget(10);
    assertThat(budget.take(6)).isTrue();
    assertThat(budget.take(6)).isFalse();
    assertThat(budget.take(4)).isTrue();
    budget.giveBack(6);
    assertThat(budget.take(6)).isTrue();
    assertThat(budget.take(1)).isFalse();
  }
}
