package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PulseTest {

  private final Pulse pulse = new Pulse(1_500, 700);
  private long nanos = -77;

  private boolean isStale(String beat, long ageMs) {
    return pulse.isStale(beat, ageMs, nanos);
  }

  private void pass(long ms) {
    nanos += TimeUnit.MILLISECONDS.toNanos(ms);
  }

  @Test
  void aBeatThatNoOtherFollowsIsStaleAfterAWhile() {
    assertThat(isStale("1", 0)).isFalse();
    pass(1_500);
    assertThat(isStale("1", 1_500)).isFalse();
    pass(1);
    assertThat(isStale("1", 1_501)).isTrue();
    assertThat(isStale("2", 0)).isFalse();
  }

  @Test
  void aDatabaseWhoseClockIsSetForwardMakesNoBeatStale() {
    isStale("1", 0);
    pass(50);
    assertThat(isStale("1", 3_600_050)).isFalse();
    pass(300);
    assertThat(isStale("2", 0)).isFalse();
  }

  @Test
  void aDatabaseWhoseClockIsSetBackKeepsNoBeatFresh() {
    isStale("1", 0);
    pass(2_000);
    assertThat(isStale("1", -3_598_000)).isTrue();
  }

  @Test
  void whoSeesAnOldBeatForTheFirstTimeWaitsForTwoMore() {
    assertThat(isStale("1", 3_600_000)).isFalse();
    pass(800);
    assertThat(isStale("1", 3_600_800)).isFalse();
    pass(1);
    assertThat(isStale("1", 3_600_801)).isTrue();
    pulse.forget();
    assertThat(isStale("1", 3_600_801)).isFalse();
  }

  @Test
  void noBeatAtAllIsStaleLikeAnOldOne() {
    assertThat(pulse.isStale(null, 0, nanos)).isFalse();
    pass(2_000);
    assertThat(pulse.isStale(null, 0, nanos)).isTrue();
  }

  @Test
  void timeInWhichNobodyCouldHaveHeardABeatDoesNotCount() {
    isStale("1", 0);
    pass(3_000);
    pulse.stoodStill(TimeUnit.MILLISECONDS.toNanos(2_600));
    assertThat(isStale("1", 3_000)).isFalse();
    pass(1_101);
    pulse.stoodStill(-1);
    assertThat(isStale("1", 4_101)).isTrue();
  }
}
