package dev.baton.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.RolloutSpec.FailureMargin;
import dev.baton.operator.api.v1alpha1.RolloutSpec.Gate;
import dev.baton.operator.api.v1alpha1.RolloutSpec.OnFailure;
import dev.baton.operator.api.v1alpha1.RolloutSpec.Step;
import dev.baton.operator.rollout.Facts.Candidates;
import dev.baton.operator.rollout.Facts.GateResult;
import dev.baton.operator.rollout.Facts.Side;
import dev.baton.operator.rollout.Rollout.Call;
import dev.baton.operator.rollout.Rollout.Gating;
import dev.baton.operator.rollout.Rollout.Held;
import dev.baton.operator.rollout.Rollout.Pausing;
import dev.baton.operator.rollout.Rollout.Promoting;
import dev.baton.operator.rollout.Rollout.RolledBack;
import dev.baton.operator.rollout.Rollout.RollingBack;
import dev.baton.operator.rollout.Rollout.Settled;
import dev.baton.operator.rollout.Rollout.Starting;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Step TENTH = new Step(10, "5m");
  private static final Step HALF = new Step(50, "Manual");
  private static final Gate CHECK = new Gate("check", null, "1m");
  private static final Gating GATING = new Gating("a", "b", 1, 0, NOW, new Call(1, "pod-1"));

  // Forward.

  @Test
  void nothingMovesWhileTheTemplateIsTheOneInUse() {
    assertThat(next(new Settled("a"), facts("a").build())).isEqualTo(new Settled("a"));
  }

  @Test
  void anotherTemplateBegins() {
    assertThat(next(new Settled("a"), facts("b").build()))
        .isEqualTo(new Starting("a", "b", 1, 0, NOW));
  }

  @Test
  void pausedItDoesNotBegin() {
    assertThat(next(new Settled("a"), facts("b").paused().build())).isEqualTo(new Settled("a"));
  }

  @Test
  void withoutStepsAndGateTheSpecCountsAtOnce() {
    assertThat(next(new Settled("a"), facts("b").spec(null).build())).isEqualTo(new Settled("b"));
  }

  @Test
  void aStepWaitsForAllOfItsNewWorkers() {
    Starting starting = new Starting("a", "b", 1, 0, NOW);
    assertThat(next(starting, facts("b").wished(20).fresh("b", 2, 1).build())).isEqualTo(starting);
    assertThat(next(starting, facts("b").wished(20).fresh("b", 2, 2).build()))
        .isEqualTo(new Pausing("a", "b", 1, 0, NOW));
  }

  @Test
  void thoseOfAnEarlierTemplateDoNotCount() {
    Starting starting = new Starting("a", "c", 1, 0, NOW);
    assertThat(next(starting, facts("c").fresh("b", 1, 1).build())).isEqualTo(starting);
  }

  @Test
  void aPauseEndsByTime() {
    Pausing pausing = new Pausing("a", "b", 1, 0, NOW);
    Facts facts = facts("b").fresh("b", 1, 1).build();
    assertThat(Rollouts.nextLook(pausing, facts.spec())).isEqualTo(NOW.plusSeconds(300));
    assertThat(Rollouts.next(pausing, facts, NOW.plusSeconds(299))).isEqualTo(pausing);
    Instant later = NOW.plusSeconds(300);
    assertThat(Rollouts.next(pausing, facts, later)).isEqualTo(new Starting("a", "b", 1, 1, later));
  }

  @Test
  void aManualPauseEndsByWordOnly() {
    Pausing pausing = new Pausing("a", "b", 1, 1, NOW);
    Facts facts = facts("b").fresh("b", 5, 5).build();
    assertThat(Rollouts.nextLook(pausing, facts.spec())).isNull();
    assertThat(Rollouts.next(pausing, facts, NOW.plus(Duration.ofDays(9)))).isEqualTo(pausing);
    String word = Rollouts.continueWith(pausing, facts.spec());
    assertThat(word).isEqualTo("b-1-step-2");
    assertThat(next(pausing, facts("b").fresh("b", 5, 5).go("b-1-step-1").build()))
        .as("that of another step")
        .isEqualTo(pausing);
    assertThat(next(pausing, facts("b").fresh("b", 5, 5).go(word).build()))
        .isEqualTo(new Promoting("a", "b", 1, NOW));
  }

  @Test
  void itIsDoneWhenAllRunItAndNobodyIsBeside() {
    Promoting promoting = new Promoting("a", "b", 1, NOW);
    assertThat(next(promoting, facts("b").old("b", 10, 10).fresh("b", 0, 0).build()))
        .isEqualTo(new Settled("b"));
    assertThat(next(promoting, facts("b").old("b", 10, 9).fresh("b", 0, 0).build()))
        .isEqualTo(promoting);
    assertThat(next(promoting, facts("b").old("b", 10, 10).fresh("b", 1, 1).build()))
        .isEqualTo(promoting);
  }

  // The gate.

  @Test
  void theGateIsCalledOnANewWorkerWhenTheStepIsThere() {
    Facts facts = facts("b").gate().fresh("b", 1, 1).candidates("pod-1").build();
    assertThat(next(new Starting("a", "b", 1, 0, NOW), facts)).isEqualTo(GATING);
  }

  @Test
  void noWorkerThatIsConnectedNoCall() {
    Starting starting = new Starting("a", "b", 1, 0, NOW);
    assertThat(next(starting, facts("b").gate().fresh("b", 1, 1).build())).isEqualTo(starting);
  }

  @Test
  void aGateThatPassesLetsItGoOn() {
    assertThat(
            next(
                GATING,
                facts("b")
                    .gate()
                    .fresh("b", 1, 1)
                    .candidates("pod-1")
                    .result(new GateResult.Passed())
                    .build()))
        .isEqualTo(new Pausing("a", "b", 1, 0, NOW));
  }

  @Test
  void theResultOfOneStepIsNotThatOfTheNext() {
    Facts facts =
        facts("b")
            .spec(rolloutSpec(null, null, null, List.of(new Step(10, null), HALF), CHECK, null))
            .fresh("b", 5, 5)
            .candidates("pod-1")
            .result(new GateResult.Passed())
            .build();
    assertThat(next(GATING, facts))
        .isEqualTo(new Gating("a", "b", 1, 1, NOW, new Call(1, "pod-1")));
  }

  @Test
  void aWorkerThatHasGoneIsReplacedInTheCall() {
    assertThat(
            next(GATING, facts("b").gate().fresh("b", 1, 1).candidates("pod-2", "pod-3").build()))
        .isEqualTo(new Gating("a", "b", 1, 0, NOW, new Call(2, "pod-2")));
    assertThat(next(GATING, facts("b").gate().fresh("b", 1, 0).build()))
        .as("nobody else is there")
        .isEqualTo(GATING);
  }

  @Test
  void aGateThatFailsTakesItBack() {
    Facts facts = facts("b").gate().result(new GateResult.Failed("no")).fresh("b", 1, 1).build();
    assertThat(next(GATING, facts))
        .isEqualTo(new RollingBack("a", "b", 1, true, "the gate failed: no"));
  }

  @Test
  void aGateThatFailsHoldsItWhereTheSpecSaysSo() {
    Facts facts =
        facts("b")
            .spec(rolloutSpec(null, null, null, List.of(TENTH), CHECK, OnFailure.Pause))
            .result(new GateResult.Failed("no"))
            .fresh("b", 1, 1)
            .build();
    assertThat(next(GATING, facts)).isEqualTo(new Held("a", "b", 1, 0, "the gate failed: no"));
  }

  @Test
  void aGateThatNoWorkerCanBeAskedForIsAFailureAtLast() {
    Starting starting = new Starting("a", "b", 1, 0, NOW);
    Facts nobody = facts("b").gate().fresh("b", 1, 1).build();
    Instant last = NOW.plus(Duration.ofMinutes(11)); // the deadline of pods, and that of the gate
    assertThat(Rollouts.next(starting, nobody, last.minusMillis(1))).isEqualTo(starting);
    assertThat(Rollouts.next(starting, nobody, last))
        .isEqualTo(
            new RollingBack(
                "a",
                "b",
                1,
                true,
                "no new worker is connected to the server, so the gate could not be called"));
    assertThat(Sentences.of(starting, nobody))
        .endsWith(
            "1 of 1 new workers are ready, and none is connected to the server, so the gate waits");
  }

  @Test
  void whileTheServerIsAwayNobodyIsBlamed() {
    Starting starting = new Starting("a", "b", 1, 0, NOW);
    Facts silent = facts("b").gate().fresh("b", 1, 1).silentServer().build();
    assertThat(Rollouts.next(starting, silent, NOW.plus(Duration.ofDays(1)))).isEqualTo(starting);
    assertThat(Rollouts.next(GATING, silent, NOW.plus(Duration.ofDays(1)))).isEqualTo(GATING);
    assertThat(Sentences.of(starting, silent))
        .endsWith("and the server does not answer, so the gate waits");
  }

  @Test
  void aServerThatDoesNotTakeTheCallIsAskedForAWhile() {
    Facts facts =
        facts("b")
            .gate()
            .fresh("b", 1, 1)
            .candidates("pod-1")
            .result(new GateResult.Refused("POST answered 404"))
            .build();
    Instant last = NOW.plusSeconds(90); // a minute for the call, and half of one
    assertThat(Rollouts.next(GATING, facts, last.minusMillis(1))).isEqualTo(GATING);
    assertThat(Rollouts.next(GATING, facts, last))
        .isEqualTo(
            new RollingBack("a", "b", 1, true, "the gate could not be called: POST answered 404"));
    assertThat(Sentences.of(GATING, facts))
        .endsWith("the gate cannot be called on pod pod-1: POST answered 404");
  }

  @Test
  void aCallThatEndsEachWorkerIsAFailure() {
    Gating last = new Gating("a", "b", 1, 0, NOW, new Call(Rollouts.CALLS_MAX, "pod-5"));
    assertThat(next(last, facts("b").gate().fresh("b", 1, 1).candidates("pod-6").build()))
        .isEqualTo(
            new RollingBack(
                "a",
                "b",
                1,
                true,
                "the gate was called 5 times, and each worker went before it ended"));
  }

  // Failure.

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void newWorkersThatDoNotGetReadyAreAFailureAtEachPoint(int point) {
    Rollout at =
        switch (point) {
          case 0 -> new Starting("a", "b", 1, 0, NOW);
          case 1 -> GATING;
          default -> new Pausing("a", "b", 1, 0, NOW);
        };
    assertThat(next(at, facts("b").fresh("b", 1, 0).obstacle("image").build()))
        .isEqualTo(new RollingBack("a", "b", 1, true, "image"));
  }

  @Test
  void theLastPartMayFailToo() {
    Facts facts = facts("b").old("b", 10, 3).oldObstacle("quota").fresh("b", 5, 5).build();
    assertThat(next(new Promoting("a", "b", 1, NOW), facts))
        .isEqualTo(new RollingBack("a", "b", 1, true, "quota"));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # old ended, failed, new ended, failed, worse
          1000,        0,      2,         2,      false
          1000,        0,      3,         3,      true
          1000,        0,      1000,      99,     false
          1000,        0,      1000,      100,    true
          1000,        200,    100,       39,     false
          1000,        200,    100,       40,     true
          1000,        1000,   100,       100,    false
          0,           0,      10,        3,      true
          0,           0,      0,         0,      false
          """)
  void newWorkersAreWorseIfTheyFailFarMoreOften(
      long oldEnded, long oldFailed, long ended, long failed, boolean isWorse) {
    assertThat(
            new Tally(ended, failed)
                    .worseThan(new Tally(oldEnded, oldFailed), FailureMargin.DEFAULT)
                != null)
        .isEqualTo(isWorse);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # calls, times, points, old ended, failed, new ended, failed, worse
          1,       2,     10,     100,       0,      1,         1,      true
          50,      2,     10,     100,       0,      100,       49,     false
          3,       5,     0,      100,       10,     100,       49,     false
          3,       5,     0,      100,       10,     100,       50,     true
          3,       1,     0,      100,       10,     100,       10,     true
          3,       1,     30,     100,       10,     100,       39,     false
          ,        ,      ,       100,       10,     100,       20,     true
          """)
  void theSpecSaysByHowMuch(
      @Nullable Integer calls,
      @Nullable Integer times,
      @Nullable Integer points,
      long oldEnded,
      long oldFailed,
      long ended,
      long failed,
      boolean isWorse) {
    RolloutSpec spec =
        new RolloutSpec(
            null, null, null, List.of(TENTH), null, null, new FailureMargin(calls, times, points));
    Facts facts =
        facts("b")
            .spec(spec)
            .fresh("b", 1, 1)
            .tallies(new Tally(oldEnded, oldFailed), new Tally(ended, failed))
            .build();
    assertThat(next(new Pausing("a", "b", 1, 0, NOW), facts) instanceof RollingBack)
        .isEqualTo(isWorse);
  }

  @Test
  void workersThatFailMoreOftenAreAFailure() {
    Facts facts = facts("b").fresh("b", 1, 1).tallies(new Tally(100, 1), new Tally(10, 5)).build();
    assertThat(next(new Pausing("a", "b", 1, 0, NOW), facts))
        .isEqualTo(
            new RollingBack(
                "a",
                "b",
                1,
                true,
                "new workers failed 5 of 10 calls (50 %), old ones 1 of 100 (1 %)"));
  }

  @Test
  void itIsBackWhenTheOldOnesAreAllThere() {
    RollingBack back = new RollingBack("a", "b", 1, true, "why");
    assertThat(next(back, facts("b").fresh("b", 1, 1).build())).isEqualTo(back);
    assertThat(next(back, facts("b").old("a", 10, 9).fresh("b", 0, 0).build())).isEqualTo(back);
    assertThat(next(back, facts("b").fresh("b", 0, 0).build()))
        .isEqualTo(new RolledBack("a", "b", 1, "why"));
  }

  @Test
  void whatWasRolledBackIsTriedAgainByWordOnly() {
    RolledBack back = new RolledBack("a", "b", 1, "why");
    assertThat(next(back, facts("b").build())).isEqualTo(back);
    String word = Rollouts.continueWith(back, facts("b").build().spec());
    assertThat(next(back, facts("b").go(word).build()))
        .isEqualTo(new Starting("a", "b", 2, 0, NOW));
    assertThat(next(new RolledBack("a", "b", 2, "why"), facts("b").go(word).build()))
        .as("one word is for one try")
        .isEqualTo(new RolledBack("a", "b", 2, "why"));
  }

  @Test
  void whatIsHeldGoesOnByWord() {
    Held held = new Held("a", "b", 1, 0, "why");
    assertThat(next(held, facts("b").fresh("b", 1, 1).build())).isEqualTo(held);
    String word = Rollouts.continueWith(held, facts("b").build().spec());
    assertThat(next(held, facts("b").fresh("b", 1, 1).go(word).build()))
        .isEqualTo(new Starting("a", "b", 1, 1, NOW));
  }

  // The spec changes meanwhile.

  @Test
  void theOldTemplateInTheSpecTakesItBackWithoutAFailure() {
    for (Rollout at :
        List.of(new Starting("a", "b", 1, 1, NOW), GATING, new Held("a", "b", 1, 0, "x"))) {
      assertThat(next(at, facts("a").fresh("b", 1, 1).build()))
          .isEqualTo(new RollingBack("a", "b", 1, false, "the spec has the old template"));
    }
    assertThat(next(new RollingBack("a", "b", 1, false, "x"), facts("a").fresh("b", 0, 0).build()))
        .isEqualTo(new Settled("a"));
    assertThat(next(new RolledBack("a", "b", 1, "x"), facts("a").build()))
        .isEqualTo(new Settled("a"));
  }

  @Test
  void aThirdTemplateBeginsAnewAndKeepsTheWayBack() {
    for (Rollout at :
        List.of(
            new Starting("a", "b", 1, 1, NOW),
            GATING,
            new Promoting("a", "b", 1, NOW),
            new RollingBack("a", "b", 1, true, "x"),
            new RolledBack("a", "b", 1, "x"))) {
      assertThat(next(at, facts("c").fresh("b", 1, 1).build()))
          .isEqualTo(new Starting("a", "c", 1, 0, NOW));
    }
  }

  @Test
  void withoutStepsAllFollowAtOnce() {
    assertThat(
            next(new Starting("a", "b", 1, 0, NOW), facts("b").spec(null).fresh("b", 1, 1).build()))
        .isEqualTo(new Promoting("a", "b", 1, NOW));
  }

  // How many workers each side has.

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # wished, percent, old, fresh
          10,       10,      9,   1
          10,       11,      8,   2
          10,       100,     0,   10
          3,        50,      1,   2
          1,        10,      1,   1
          1,        100,     0,   1
          0,        50,      0,   0
          1000,     1,       990, 10
          """)
  void aStepKeepsAtLeastOneOldWorkerUntilItIsTheWhole(int wished, int percent, int old, int fresh) {
    assertThat(Shares.of(new Step(percent, null), wished)).isEqualTo(new Shares(old, fresh));
  }

  @Test
  void newOnesComeBeforeOldOnesLeave() {
    Rollout at = new Starting("a", "b", 1, 1, NOW); // half of ten
    assertThat(Rollouts.shares(at, facts("b").build())).isEqualTo(new Shares(10, 3));
    assertThat(Rollouts.shares(at, facts("b").fresh("b", 3, 2).build()))
        .isEqualTo(new Shares(7 + 1, 3));
    assertThat(Rollouts.shares(at, facts("b").old("a", 8, 8).fresh("b", 3, 2).build()))
        .isEqualTo(new Shares(8, 5));
    assertThat(Rollouts.shares(at, facts("b").old("a", 8, 8).fresh("b", 5, 5).build()))
        .isEqualTo(new Shares(5, 5));
  }

  @Test
  void onTheWayBackOldOnesComeBeforeNewOnesLeave() {
    Rollout back = new RollingBack("a", "b", 1, true, "x");
    assertThat(Rollouts.shares(back, facts("b").old("a", 5, 5).fresh("b", 5, 5).build()))
        .isEqualTo(new Shares(8, 5));
    assertThat(Rollouts.shares(back, facts("b").old("a", 8, 7).fresh("b", 5, 5).build()))
        .isEqualTo(new Shares(8, 3));
    assertThat(Rollouts.shares(back, facts("b").old("a", 10, 10).fresh("b", 1, 1).build()))
        .isEqualTo(new Shares(10, 0));
  }

  @Test
  void theLastPartReplacesThoseThatAreLeftAndThenThoseBeside() {
    Rollout promoting = new Promoting("a", "b", 1, NOW);
    assertThat(Rollouts.oldRevision(promoting, facts("b").build())).isEqualTo("b");
    assertThat(Rollouts.shares(promoting, facts("b").old("a", 5, 5).fresh("b", 5, 5).build()))
        .isEqualTo(new Shares(5, 5));
    assertThat(Rollouts.shares(promoting, facts("b").old("b", 5, 5).fresh("b", 5, 5).build()))
        .isEqualTo(new Shares(8, 5));
  }

  @Test
  void withoutASurgeOldOnesLeaveFirst() {
    RolloutSpec spec =
        rolloutSpec(
            new IntOrString(0), new IntOrString(2), null, List.of(new Step(50, null)), null, null);
    Rollout at = new Starting("a", "b", 1, 0, NOW);
    assertThat(Rollouts.shares(at, facts("b").spec(spec).build())).isEqualTo(new Shares(8, 0));
    assertThat(Rollouts.shares(at, facts("b").spec(spec).old("a", 8, 8).build()))
        .isEqualTo(new Shares(8, 2));
  }

  // All of it.

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10, 100})
  void whateverFailsThereAreAlwaysEnoughAndNeverTooMany(int wished) {
    for (int seed = 0; seed < 300; seed++) {
      new Play(wished, seed).run();
    }
  }

  /** Pods that come and go at random times, a gate that answers at random, and the rules. */
  private static final class Play {
    private final int wished;
    private final int seed;
    private final Random random;
    private final RolloutSpec spec;
    private Rollout state = new Settled("a");
    private String oldRevision = "a";
    private int oldPods;
    private int oldAvailable;
    private int oldGiven;
    private int freshGiven;
    private int freshPods;
    private int freshAvailable;
    private boolean freshEver;
    private final StringBuilder trace = new StringBuilder();

    Play(int wished, int seed) {
      this.wished = wished;
      this.seed = seed;
      this.random = new Random(seed);
      this.spec =
          rolloutSpec(
              null,
              null,
              null,
              List.of(
                  new Step(1 + random.nextInt(40), null), new Step(50 + random.nextInt(51), null)),
              CHECK,
              null);
      oldPods = wished;
      oldAvailable = wished;
      oldGiven = wished;
    }

    void run() {
      String as = "%d workers, seed %d".formatted(wished, seed);
      for (int look = 0; look < 2000; look++) {
        Facts facts = facts();
        Rollout before = state;
        state = Rollouts.next(state, facts, NOW);
        Shares shares = Rollouts.shares(state, facts);
        String revision = Rollouts.oldRevision(state, facts);
        oldRevision = revision; // a plain roll of those: never below, as maxUnavailable is 0
        freshEver |= shares.fresh() > 0;
        oldGiven = shares.old();
        freshGiven = shares.fresh();
        move();
        trace.append(
            "%n%s %s: pods %d/%d and %d/%d"
                .formatted(state, shares, oldPods, oldAvailable, freshPods, freshAvailable));
        assertThat(oldAvailable + freshAvailable)
            .as("%s%s", as, trace)
            .isGreaterThanOrEqualTo(wished);
        assertThat(oldPods + freshPods)
            .as("%s%s", as, trace)
            .isLessThanOrEqualTo(wished + 1 + Shares.surge(spec, wished + 1));
        boolean isOver =
            before.equals(state) && (state instanceof Settled || state instanceof RolledBack);
        if (look > 0 && isOver) {
          assertThat(freshPods).as(as).isZero();
          assertThat(oldAvailable).as(as).isEqualTo(wished);
          assertThat(freshEver).as(as).isTrue();
          return;
        }
      }
      throw new AssertionError(as + " has no end: " + state);
    }

    private Facts facts() {
      GateResult gate =
          !(state instanceof Gating) || random.nextInt(3) > 0
              ? new GateResult.Unknown()
              : random.nextInt(6) == 0 ? new GateResult.Failed("x") : new GateResult.Passed();
      return new Facts(
          spec,
          wished,
          "b",
          false,
          null,
          new Side(oldRevision, oldGiven, oldPods, oldAvailable, true, null, Tally.NONE),
          new Side(
              freshEver ? "b" : null,
              freshGiven,
              freshPods,
              freshAvailable,
              true,
              null,
              Tally.NONE),
          Duration.ofMinutes(10),
          new Candidates.Known(freshAvailable > 0 ? List.of("p" + random.nextInt(2)) : List.of()),
          gate);
    }

    private void move() {
      if (random.nextBoolean()) {
        oldPods += Integer.signum(oldGiven - oldPods);
        oldAvailable = Math.min(oldAvailable, oldPods);
      }
      if (random.nextBoolean()) {
        freshPods += Integer.signum(freshGiven - freshPods);
        freshAvailable = Math.min(freshAvailable, freshPods);
      }
      if (random.nextBoolean()) {
        oldAvailable = Math.min(oldPods, oldAvailable + 1);
      }
      if (random.nextBoolean()) {
        freshAvailable = Math.min(freshPods, freshAvailable + 1);
      }
    }
  }

  private static RolloutSpec rolloutSpec(
      @Nullable IntOrString maxSurge,
      @Nullable IntOrString maxUnavailable,
      @Nullable Integer minReadySeconds,
      List<Step> steps,
      @Nullable Gate gate,
      @Nullable OnFailure onFailure) {
    return new RolloutSpec(maxSurge, maxUnavailable, minReadySeconds, steps, gate, onFailure, null);
  }

  private static Rollout next(Rollout from, Facts facts) {
    return Rollouts.next(from, facts, NOW);
  }

  private static Builder facts(String written) {
    return new Builder(written);
  }

  /** Ten workers of template a, and none beside them, unless something else is said. */
  private static final class Builder {
    private final String written;
    private @Nullable RolloutSpec spec =
        rolloutSpec(null, null, null, List.of(TENTH, HALF), null, null);
    private int wished = 10;
    private boolean paused;
    private @Nullable String go;
    private Side old = new Side("a", 10, 10, 10, true, null, Tally.NONE);
    private Side fresh = Side.NONE;
    private Candidates candidates = new Candidates.Known(List.of());
    private GateResult result = new GateResult.Unknown();

    Builder(String written) {
      this.written = written;
    }

    Builder spec(@Nullable RolloutSpec other) {
      spec = other;
      return this;
    }

    Builder gate() {
      return spec(rolloutSpec(null, null, null, List.of(TENTH, HALF), CHECK, null));
    }

    Builder wished(int number) {
      wished = number;
      return this;
    }

    Builder paused() {
      paused = true;
      return this;
    }

    Builder go(@Nullable String word) {
      go = word;
      return this;
    }

    Builder old(String revision, int pods, int available) {
      old = new Side(revision, pods, pods, available, true, null, Tally.NONE);
      return this;
    }

    Builder oldObstacle(String why) {
      old =
          new Side(old.revision(), old.given(), old.pods(), old.available(), true, why, Tally.NONE);
      return this;
    }

    Builder fresh(String revision, int pods, int available) {
      fresh = new Side(revision, pods, pods, available, true, null, Tally.NONE);
      return this;
    }

    Builder obstacle(String why) {
      fresh =
          new Side(
              fresh.revision(),
              fresh.given(),
              fresh.pods(),
              fresh.available(),
              true,
              why,
              Tally.NONE);
      return this;
    }

    Builder tallies(Tally ofOld, Tally ofNew) {
      old = new Side(old.revision(), old.given(), old.pods(), old.available(), true, null, ofOld);
      fresh =
          new Side(
              fresh.revision(), fresh.given(), fresh.pods(), fresh.available(), true, null, ofNew);
      return this;
    }

    Builder candidates(String... pods) {
      candidates = new Candidates.Known(List.of(pods));
      return this;
    }

    Builder silentServer() {
      candidates = new Candidates.Unknown();
      return this;
    }

    Builder result(GateResult of) {
      result = of;
      return this;
    }

    Facts build() {
      return new Facts(
          spec,
          wished,
          written,
          paused,
          go,
          old,
          fresh,
          Duration.ofMinutes(10),
          candidates,
          result);
    }
  }
}
