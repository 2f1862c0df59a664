package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Slots are 1 and every task gets one, so the numbers are those of the tasks. */
class AutoscalerTest {

  private AutoscalingSpec spec = spec(0, 10);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private @Nullable AutoscalingStatus status;

  @Test
  void theFirstDecisionBeginsWithWhatRuns() {
    status = decide(3, 0, 3);
    assertThat(status.desired()).isEqualTo(3);
    assertThat(status.lastScaleTime()).isNull();
    assertThat(status.reason()).isEqualTo("as many as there were");
  }

  @Test
  void aBurstIsAnsweredAtOnceUpToTheMost() {
    work(0, 0);
    assertThat(work(60, 0)).isEqualTo(10);
    assertThat(status().reason()).isEqualTo("60 wait, 0 in flight, 1 slot a worker; max 10");
    assertThat(status().lastScaleTime()).isEqualTo(now.toString());
  }

  @Test
  void theReasonAndTimeStayUntilTheNumberChanges() {
    work(4, 0);
    AutoscalingStatus first = status();
    after(10, 1, 3);
    assertThat(status()).isEqualTo(first);
  }

  @Test
  void fewerComeOnlyAfterTheStabilization() {
    work(8, 0);
    assertThat(after(1, 0, 2)).isEqualTo(8);
    assertThat(after(59, 0, 2)).isEqualTo(8);
    assertThat(after(1, 0, 2)).isEqualTo(2);
    assertThat(status().reason())
        .isEqualTo("2 have been enough for 1m: 0 wait, 2 in flight, 1 slot a worker");
  }

  @Test
  void theMostThatWasNeededInThatTimeStays() {
    work(8, 0);
    after(1, 0, 2);
    after(30, 0, 5);
    assertThat(after(30, 0, 1)).isEqualTo(5);
    assertThat(after(59, 0, 1)).isEqualTo(5);
    assertThat(after(1, 0, 1)).isEqualTo(1);
  }

  @Test
  void needForAllBeginsTheTimeAnew() {
    work(8, 0);
    after(1, 0, 2);
    after(58, 0, 8);
    after(1, 0, 2);
    assertThat(after(59, 0, 2)).isEqualTo(8);
    assertThat(after(1, 0, 2)).isEqualTo(2);
  }

  @Test
  void oneStaysUntilTheIdleTimeIsOver() {
    work(4, 0);
    after(1, 0, 0);
    assertThat(after(60, 0, 0)).isEqualTo(1);
    assertThat(after(239, 0, 0)).isEqualTo(1);
    assertThat(after(1, 0, 0)).isZero();
    assertThat(status().reason()).isEqualTo("nothing has waited or run for 5m");
  }

  @Test
  void workInBetweenBeginsTheIdleTimeAnew() {
    work(1, 0);
    after(1, 0, 0);
    after(299, 0, 1);
    after(1, 0, 0);
    assertThat(after(299, 0, 0)).isEqualTo(1);
    assertThat(after(1, 0, 0)).isZero();
  }

  @Test
  void theFirstTaskBringsTheFirstWorkerBack() {
    work(0, 0);
    assertThat(status().desired()).isZero();
    assertThat(after(3_600, 1, 0)).isEqualTo(1);
  }

  @Test
  void aGroupThatMayNotGoToZeroKeepsItsLeast() {
    spec = spec(2, 10);
    assertThat(work(0, 0)).isEqualTo(2);
    assertThat(status().reason()).isEqualTo("min is 2 and max 10");
    assertThat(after(3_600, 0, 0)).isEqualTo(2);
    assertThat(after(1, 1, 0)).isEqualTo(2);
  }

  @Test
  void aLowerMostCountsAtOnce() {
    work(8, 0);
    spec = spec(0, 3);
    assertThat(after(1, 8, 0)).isEqualTo(3);
  }

  @Test
  void whileTheServerIsNotSeenTheNumberStays() {
    work(8, 0);
    after(1, 0, 0);
    now = now.plusSeconds(10_000);
    status = Autoscaler.decide(spec, null, status, 8, now);
    assertThat(status.desired()).isEqualTo(8);
    assertThat(after(1, 0, 0)).as("idle from now on").isEqualTo(8);
  }

  @Test
  void whatWasMeasuredServesWhenNothingCanBe() {
    spec = new AutoscalingSpec(0, 100, 9, null, null, null, null);
    status = decide(new Demand(0, 1, 0, 1.0, 1), 1);
    now = now.plusSeconds(1_000);
    status = decide(new Demand(60, 0, 0, null, 1), 1);
    assertThat(status.desired()).isEqualTo(6);
  }

  @Test
  void nextLookIsWhenTimeAloneChangesSomething() {
    work(4, 0);
    assertThat(Autoscaler.nextLook(spec, status())).isNull();
    after(1, 0, 2);
    assertThat(Autoscaler.nextLook(spec, status())).isEqualTo(now.plusSeconds(60));
    after(60, 0, 2);
    after(1, 0, 0);
    after(60, 0, 0);
    assertThat(status().desired()).isEqualTo(1);
    assertThat(Autoscaler.nextLook(spec, status())).isEqualTo(now.plusSeconds(240));
    after(240, 0, 0);
    assertThat(Autoscaler.nextLook(spec, status())).isNull();
  }

  @Test
  void aTimeThatIsNotOneIsForgotten() {
    work(1, 0);
    status = new AutoscalingStatus(1, "x", "never", "once", "some day", 4, null);
    assertThat(after(1, 0, 0)).isEqualTo(1);
    assertThat(status().idleSince()).isEqualTo(now.toString());
  }

  private static AutoscalingSpec spec(int min, int max) {
    return new AutoscalingSpec(min, max, null, null, null, null, null);
  }

  private int work(int waiting, int inFlight) {
    status = decide(waiting, inFlight, 0);
    return status.desired();
  }

  private int after(long seconds, int waiting, int inFlight) {
    now = now.plus(Duration.ofSeconds(seconds));
    return work(waiting, inFlight);
  }

  private AutoscalingStatus decide(int waiting, int inFlight, int running) {
    return decide(new Demand(waiting, inFlight, 0, null, 1), running);
  }

  private AutoscalingStatus decide(Demand demand, int running) {
    return Autoscaler.decide(spec, demand, status, running, now);
  }

  private AutoscalingStatus status() {
    if (status == null) {
      throw new AssertionError("nothing has been decided");
    }
    return status;
  }
}
