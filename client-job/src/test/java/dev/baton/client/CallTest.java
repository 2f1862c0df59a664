package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallTest {

  @Test
  void theSameSeedGivesTheSameCosts() {
    assertThat(Call.ofRun("a", 20, 7, 1, 10)).isEqualTo(Call.ofRun("a", 20, 7, 1, 10));
    assertThat(Call.ofRun("a", 20, 7, 1, 10)).isNotEqualTo(Call.ofRun("a", 20, 8, 1, 10));
  }

  @Test
  void costsReachFromTheLeastToTheMostInclusive() {
    var costs = Call.ofRun("a", 1000, 7, 1, 3).stream().map(Call::cost).distinct().toList();
    assertThat(costs).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void idsFollowFromTheRun() {
    assertThat(Call.ofRun("nightly", 3, 7, 1, 3).stream().map(Call::id))
        .containsExactly("nightly-1", "nightly-2", "nightly-3");
  }
}
