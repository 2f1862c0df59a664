package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerGroupPlannerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Sighting IDLE = seen(null, 3, 0, 0);

  private final WorkerGroup group = Groups.plain();

  // What is applied.

  @Test
  void withoutADeploymentOneIsAppliedAndTheScalingTold() {
    Plan plan = plan(nothing());
    assertThat(applied(plan).desired()).isEqualTo(Groups.desired(group));
    assertThat(applied(plan).notes())
        .extracting(Note::message)
        .containsExactly("Scaled from 0 to 3 workers");
  }

  @Test
  void whatWasAppliedAndNotTouchedIsLeftAlone() {
    assertThat(plan(settled()).apply()).isNull();
  }

  @Test
  void anOperatorThatHasJustStartedAppliesOnceWithoutAWord() {
    Plan plan = plan(observed(deployment(3, 3, 3, 1), null, IDLE));
    assertThat(applied(plan).notes()).isEmpty();
  }

  @Test
  void aChangedSpecIsApplied() {
    WorkerGroup larger = Groups.plain();
    larger.setSpec(
        Groups.of(
                """
                replicas: 5
                server: {url: "http://baton:8001"}
                template: {spec: {containers: [{name: worker, image: "worker:1"}]}}
                """)
            .getSpec());
    Plan plan = WorkerGroupPlanner.plan(larger, settled(), NOW);
    assertThat(applied(plan).notes())
        .extracting(Note::message)
        .containsExactly("Scaled from 3 to 5 workers");
  }

  @Test
  void aDeploymentThatSomebodyElseChangedIsPutBackWithoutCallingItScaling() {
    Plan plan = plan(observed(deployment(1, 1, 1, 2), applied(1), IDLE));
    assertThat(applied(plan).notes()).isEmpty();
  }

  @Test
  void aDeploymentWhoseLabelWasTakenIsPutBack() {
    Deployment bare =
        new DeploymentBuilder(deployment(3, 3, 3, 1))
            .editMetadata()
            .withLabels(Map.of())
            .endMetadata()
            .build();
    assertThat(plan(observed(bare, applied(1), IDLE)).apply()).isNotNull();
  }

  @Test
  void aCacheThatIsBehindIsNoReasonToApply() {
    assertThat(plan(observed(deployment(3, 3, 3, 1), applied(2), IDLE)).apply()).isNull();
  }

  @Test
  void aDeploymentThatWasMadeAnewIsApplied() {
    Deployment other =
        new DeploymentBuilder(deployment(3, 3, 3, 1))
            .editMetadata()
            .withUid("d-2")
            .endMetadata()
            .build();
    assertThat(plan(observed(other, applied(1), IDLE)).apply()).isNotNull();
  }

  // What stands in the way.

  @Test
  void aDeploymentOfSomebodyElseIsNotTouched() {
    Deployment foreign =
        new DeploymentBuilder(deployment(3, 3, 3, 1))
            .editMetadata()
            .withOwnerReferences(List.of())
            .endMetadata()
            .build();
    Plan plan = plan(observed(foreign, null, IDLE));
    assertThat(plan.apply()).isNull();
    assertThat(condition(plan, ConditionType.Progressing))
        .isEqualTo(
            "False NameTaken Deployment workers exists and belongs to nobody that is known:"
                + " rename the WorkerGroup or remove it");
    assertThat(plan.status().readyReplicas()).isZero();
    assertThat(plan.notes()).extracting(Note::warns).containsExactly(true);
  }

  @Test
  void aRefusedTemplateIsSaidOnceAndTriedAgainLater() {
    var rejected = new Rejected(Groups.desired(group), "spec.x: not so", NOW);
    ObservedState observed = nothing().after(rejected);
    Plan plan = plan(observed);
    assertThat(plan.apply()).isNull();
    assertThat(condition(plan, ConditionType.Progressing))
        .isEqualTo("False TemplateRejected spec.x: not so");
    assertThat(plan.notes()).extracting(Note::message).containsExactly("spec.x: not so");
    assertThat(plan.nextLook()).isEqualTo(WorkerGroupPlanner.REJECTED_RETRY);

    ObservedState told = after(observed, plan);
    assertThat(plan(told).notes()).isEmpty();
    Instant later = NOW.plus(WorkerGroupPlanner.REJECTED_RETRY);
    assertThat(WorkerGroupPlanner.plan(group, told, later).apply()).isNotNull();
  }

  @Test
  void aRefusalOfAnEarlierSpecDoesNotCount() {
    WorkerGroup earlier =
        Groups.of(
            """
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: wrong}]}}
            """);
    var rejected = new Rejected(Groups.desired(earlier), "spec.x: not so", NOW);
    assertThat(plan(nothing().after(rejected)).apply()).isNotNull();
  }

  @Test
  void aTemplateThatCannotBeReadIsRejectedWithoutAsking() {
    WorkerGroup odd =
        Groups.of(
            """
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker, ports: many}]}}
            """);
    Plan plan = WorkerGroupPlanner.plan(odd, nothing(), NOW);
    assertThat(plan.apply()).isNull();
    assertThat(condition(plan, ConditionType.Progressing))
        .startsWith("False TemplateRejected template.spec.containers[0].ports: Cannot");
  }

  // What the conditions say.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # wished, pods, updated, ready | available                          | progressing
          3 | 3 | 3 | 3 | True WorkersReady 3 of 3 workers are ready      | False Settled 3 of 3 workers are as the spec says
          3 | 3 | 3 | 2 | False WorkersNotReady 2 of 3 workers are ready  | True Scaling 2 of 3 workers are ready
          3 | 1 | 1 | 1 | False WorkersNotReady 1 of 3 workers are ready  | True Scaling 1 worker exists, 3 asked for
          3 | 5 | 5 | 5 | True WorkersReady 5 of 3 workers are ready      | True Scaling 5 workers exist, 3 asked for
          3 | 4 | 1 | 3 | True WorkersReady 3 of 3 workers are ready      | True RollingOut 0 of 3 pods run the new template, 3 an older one
          3 | 4 | 2 | 4 | True WorkersReady 4 of 3 workers are ready      | True RollingOut 2 of 3 pods run the new template, 2 an older one
          0 | 0 | 0 | 0 | True ScaledToZero no workers are asked for      | False Settled 0 of 0 workers are as the spec says
          0 | 2 | 2 | 2 | True WorkersReady 2 of 0 workers are ready      | True Scaling 2 workers exist, 0 asked for
          """)
  void theConditionsFollowThePods(
      int wished, int pods, int updated, int ready, String available, String progressing) {
    WorkerGroup wishes =
        Groups.of(
            """
            replicas: %d
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker, image: "worker:1"}]}}
            """
                .formatted(wished));
    var applied = new Applied(Groups.desired(wishes), "d-1", 1);
    Plan plan =
        WorkerGroupPlanner.plan(
            wishes, observed(deployment(pods, updated, ready, 1), applied, IDLE), NOW);
    assertThat(condition(plan, ConditionType.Available)).isEqualTo(available);
    assertThat(condition(plan, ConditionType.Progressing)).isEqualTo(progressing);
  }

  @Test
  void aRollThatIsPausedSaysHowFarItIs() {
    WorkerGroup paused =
        Groups.of(
            """
            replicas: 3
            paused: true
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker, image: "worker:2"}]}}
            """);
    var applied = new Applied(Groups.desired(paused), "d-1", 1);
    Plan plan =
        WorkerGroupPlanner.plan(paused, observed(deployment(4, 1, 4, 1), applied, IDLE), NOW);
    assertThat(condition(plan, ConditionType.Progressing))
        .isEqualTo(
            "False Paused 1 of 3 pods run the new template, 3 an older one: the roll is paused");
  }

  @Test
  void aDeploymentThatItsControllerHasNotSeenIsProgressing() {
    Deployment unseen =
        new DeploymentBuilder(deployment(3, 3, 3, 2))
            .editStatus()
            .withObservedGeneration(1L)
            .endStatus()
            .build();
    assertThat(condition(plan(observed(unseen, applied(2), IDLE)), ConditionType.Progressing))
        .isEqualTo("True Scaling the Deployment is being changed");
  }

  @Test
  void podsThatAreRefusedAreSaid() {
    Deployment refused =
        new DeploymentBuilder(deployment(0, 0, 0, 1))
            .editStatus()
            .addNewCondition()
            .withType("ReplicaFailure")
            .withStatus("True")
            .withMessage("pods \"workers-x\" is forbidden: exceeded quota")
            .endCondition()
            .endStatus()
            .build();
    assertThat(condition(plan(observed(refused, applied(1), IDLE)), ConditionType.Available))
        .isEqualTo(
            "False WorkersNotReady 0 of 3 workers are ready;"
                + " pods \"workers-x\" is forbidden: exceeded quota");
  }

  @Test
  void aRollThatDoesNotComeToAnEndIsSaidAndWarned() {
    Deployment late =
        new DeploymentBuilder(deployment(3, 3, 2, 1))
            .editStatus()
            .addNewCondition()
            .withType("Progressing")
            .withStatus("False")
            .withMessage("ReplicaSet \"x\" has timed out progressing.")
            .endCondition()
            .endStatus()
            .build();
    Plan plan = plan(observed(late, applied(1), IDLE));
    assertThat(condition(plan, ConditionType.Progressing))
        .startsWith(
            "False DeadlineExceeded no progress in time: 2 of 3 workers are ready; ReplicaSet");
    assertThat(plan.notes())
        .extracting(Note::reason)
        .extracting(Enum::name)
        .containsExactly("DeadlineExceeded");
  }

  @Test
  void aQuotaThatHindersARollIsSaidThoughAllOldWorkersAreReady() {
    Deployment hindered =
        new DeploymentBuilder(deployment(3, 0, 3, 1))
            .editStatus()
            .addNewCondition()
            .withType("ReplicaFailure")
            .withStatus("True")
            .withMessage("pods \"workers-x\" is forbidden: exceeded quota")
            .endCondition()
            .endStatus()
            .build();
    assertThat(condition(plan(observed(hindered, applied(1), IDLE)), ConditionType.Progressing))
        .isEqualTo(
            "True RollingOut 0 of 3 pods run the new template, 3 an older one;"
                + " pods \"workers-x\" is forbidden: exceeded quota");
  }

  @Test
  void fewerWorkersWaitForARollThatMovesButNotForOneThatStandsStill() {
    WorkerGroup fewer =
        Groups.of(
            """
            replicas: 1
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker, image: "worker:1"}]}}
            """);
    Instant moved = NOW.minusSeconds(59);
    ObservedState rolling = observed(movedAt(deployment(4, 1, 3, 1), moved), applied(1), IDLE);
    assertThat(condition(WorkerGroupPlanner.plan(fewer, rolling, NOW), ConditionType.Progressing))
        .isEqualTo(
            "True RollingOut 0 of 3 pods run the new template, 3 an older one;"
                + " that 1 are wished for waits until it moves no more");
    assertThat(WorkerGroupPlanner.plan(fewer, rolling, NOW).apply()).isNull();
    Plan later = WorkerGroupPlanner.plan(fewer, rolling, NOW.plusSeconds(1));
    assertThat(applied(later).desired().getSpec().getReplicas()).isEqualTo(1);
  }

  private static Deployment movedAt(Deployment deployment, Instant time) {
    return new DeploymentBuilder(deployment)
        .editStatus()
        .addNewCondition()
        .withType("Progressing")
        .withStatus("True")
        .withLastUpdateTime(time.toString())
        .endCondition()
        .endStatus()
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # pods, updated, ready | Ready | Reconciling | Stalled
          3 | 3 | 3 | True WorkersReady    | False Settled   | False Settled
          3 | 3 | 2 | False Scaling        | True Scaling    | False Scaling
          4 | 1 | 3 | False RollingOut     | True RollingOut | False RollingOut
          """)
  void toolsThatKnowEveryKindSeeWhetherItIsReady(
      int pods, int updated, int ready, String is, String reconciling, String stalled) {
    Plan plan = plan(observed(deployment(pods, updated, ready, 1), applied(1), IDLE));
    assertThat(condition(plan, ConditionType.Ready)).startsWith(is);
    assertThat(condition(plan, ConditionType.Reconciling)).startsWith(reconciling);
    assertThat(condition(plan, ConditionType.Stalled)).startsWith(stalled);
    assertThat(plan.status().conditions())
        .allSatisfy(it -> assertThat(it.getObservedGeneration()).isEqualTo(1));
  }

  @Test
  void aRefusalIsStalledAndSaysWhatItIsOf() {
    var rejected =
        new Rejected(Groups.desired(group), Reason.QuotaExceeded, "exceeded quota: few", NOW);
    Plan plan = plan(nothing().after(rejected));
    assertThat(condition(plan, ConditionType.Progressing))
        .isEqualTo("False QuotaExceeded exceeded quota: few");
    assertThat(condition(plan, ConditionType.Stalled))
        .isEqualTo("True QuotaExceeded exceeded quota: few");
    assertThat(condition(plan, ConditionType.Ready)).startsWith("False QuotaExceeded");
  }

  @Test
  void figuresSayWhenTheyWereSeenWithoutBeingWrittenForIt() {
    ObservedState before = after(settled(), plan(settled()));
    assertThat(before.status().figuresTime()).isEqualTo(NOW.toString());
    assertThat(WorkerGroupPlanner.plan(group, before, NOW.plusSeconds(599)).writing())
        .isEqualTo(Plan.Writing.NONE);
    Plan confirmed = WorkerGroupPlanner.plan(group, before, NOW.plusSeconds(600));
    assertThat(confirmed.status().figuresTime()).isEqualTo(NOW.plusSeconds(600).toString());
    assertThat(confirmed.writing()).isEqualTo(Plan.Writing.IN_TURN);
    assertThat(confirmed.status().waitingTasks()).isEqualTo(confirmed.status().ready());
  }

  @Test
  void aBudgetComesWithTheFirstBusyPod() {
    assertThat(plan(settled()).budget()).isNull();
  }

  @Test
  void podsThatAreKilledBeforeTheirDrainTimeIsOverAreWarnedOf() {
    WorkerGroup hasty =
        Groups.of(
            """
            replicas: 3
            drainTimeout: 1m
            server: {url: "http://baton:8001"}
            template: {spec: {terminationGracePeriodSeconds: 30, containers: [{name: worker}]}}
            """);
    assertThat(WorkerGroupPlanner.plan(hasty, nothing(), NOW).notes())
        .extracting(Note::message)
        .containsExactly(
            "template.spec.terminationGracePeriodSeconds is 30: pods are killed before the"
                + " drainTimeout of 60 s is over");
  }

  @Test
  void aDrainTimeThatAnOlderCrdLetPassIsCutAndSaidOnce() {
    WorkerGroup patient =
        Groups.of(
            """
            replicas: 3
            drainTimeout: 100h
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker}]}}
            """);
    Plan plan = WorkerGroupPlanner.plan(patient, nothing(), NOW);
    assertThat(plan.notes())
        .extracting(Note::message)
        .containsExactly("drainTimeout is 100h: workers have 24h, which is the most");
    assertThat(WorkerGroupPlanner.plan(patient, after(nothing(), plan), NOW).notes()).isEmpty();
  }

  @Test
  void aConditionKeepsItsTimeWhileItsTruthStays() {
    ObservedState before = after(settled(), plan(settled()));
    Plan later = WorkerGroupPlanner.plan(group, before, NOW.plusSeconds(60));
    assertThat(later.status()).isEqualTo(before.status());
    assertThat(later.writing()).isEqualTo(Plan.Writing.NONE);

    ObservedState worse = with(before, deployment(3, 3, 2, 1));
    Plan changed = WorkerGroupPlanner.plan(group, worse, NOW.plusSeconds(60));
    assertThat(changed.status().conditions())
        .extracting(Condition::getType, Condition::getLastTransitionTime)
        .containsExactly(
            tuple("Available", "2026-01-01T00:01:00Z"),
            tuple("Progressing", "2026-01-01T00:01:00Z"),
            tuple("ServerReachable", "2026-01-01T00:00:00Z"),
            tuple("Stuck", "2026-01-01T00:00:00Z"),
            tuple("Ready", "2026-01-01T00:01:00Z"),
            tuple("Reconciling", "2026-01-01T00:01:00Z"),
            tuple("Stalled", "2026-01-01T00:00:00Z"));
  }

  // What the server says.

  @Test
  void figuresAreShownWhileTheServerAnswersAndNotBeyond() {
    WorkerGroupStatus status = plan(observed(null, null, seen(null, 3, 2, 7))).status();
    assertThat(status.connectedWorkers()).isEqualTo(3);
    assertThat(status.inFlight()).isEqualTo(2);
    assertThat(status.ready()).isEqualTo(7);
    assertThat(status.oldestReadySeconds()).isEqualTo(4);
    WorkerGroupStatus blind = plan(observed(null, null, unseen())).status();
    assertThat(blind.connectedWorkers()).isNull();
    assertThat(blind.oldestReadySeconds()).isNull();
  }

  @Test
  void anExpiredTokenHasAReasonOfItsOwn() {
    Sighting expired = new Sighting.Unseen(Kind.TOKEN_EXPIRED, "GET /groups: 401");
    assertThat(condition(plan(with(settled(), expired)), ConditionType.ServerReachable))
        .isEqualTo("False TokenExpired the token has expired: GET /groups: 401");
  }

  @Test
  void aServerThatTheOperatorMayNotSpeakToIsSaidAndNoPodIsJudged() {
    Sighting denied = new Sighting.Unseen(Kind.NOT_ALLOWED, "baton.allowed-servers does not name");
    Plan plan = plan(with(settled(), denied));
    assertThat(condition(plan, ConditionType.ServerReachable))
        .isEqualTo("False ServerNotAllowed baton.allowed-servers does not name");
    assertThat(condition(plan, ConditionType.Stuck)).startsWith("Unknown");
    assertThat(plan.slots()).isNull();
  }

  @Test
  void theServersAbsenceAndReturnAreEventsOnce() {
    ObservedState seen = after(settled(), plan(settled()));
    Plan gone = plan(with(seen, unseen()));
    assertThat(condition(gone, ConditionType.ServerReachable))
        .isEqualTo("False NoConnection refused");
    assertThat(gone.notes()).extracting(Note::message).containsExactly("refused");
    assertThat(gone.writing()).isEqualTo(Plan.Writing.AT_ONCE);

    ObservedState told = after(with(seen, unseen()), gone);
    assertThat(plan(told).notes()).isEmpty();
    Plan back = plan(with(told, IDLE));
    assertThat(back.notes()).extracting(Note::message).containsExactly("the server answers again");
  }

  @Test
  void aServerWithoutGroupsIsReachableAndHasNoFigures() {
    var other = new Sighting.Unseen(Kind.NO_GROUPS_API, "GET /groups/g answered 404");
    Plan plan = plan(with(settled(), other));
    assertThat(condition(plan, ConditionType.ServerReachable))
        .isEqualTo(
            "True NoGroupsApi the server answers, but tells nothing about groups:"
                + " GET /groups/g answered 404");
    assertThat(plan.status().connectedWorkers()).isNull();
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void theFirstAnswerIsNoEvent() {
    ObservedState fresh = observed(null, null, new Sighting.NotYet());
    Plan plan = plan(fresh);
    assertThat(condition(plan, ConditionType.ServerReachable)).startsWith("Unknown NotAskedYet");
    assertThat(plan(with(after(fresh, plan), IDLE)).notes()).isEmpty();
  }

  @Test
  void figuresThatMoveAreWrittenAtMostEveryThreeSeconds() {
    ObservedState before = after(settled(), plan(settled()));
    ObservedState moved = with(before, seen(null, 3, 1, 0));
    Plan early = WorkerGroupPlanner.plan(group, moved, NOW.plusMillis(400));
    assertThat(early.writing()).isEqualTo(Plan.Writing.NONE);
    assertThat(early.nextLook()).isEqualTo(Duration.ofMillis(2_600));
    assertThat(WorkerGroupPlanner.plan(group, moved, NOW.plusMillis(3_000)).writing())
        .isEqualTo(Plan.Writing.IN_TURN);
  }

  /** Of several pods that become ready in a moment one write tells. */
  @Test
  void numbersOfPodsAreWrittenAtMostEveryThreeSecondsAndThenWithoutATurn() {
    ObservedState scaling = with(settled(), deployment(2, 2, 1, 1));
    ObservedState before = after(scaling, plan(scaling));
    ObservedState moved = with(before, deployment(3, 3, 2, 1));
    Plan early = WorkerGroupPlanner.plan(group, moved, NOW.plusMillis(400));
    assertThat(early.writing()).isEqualTo(Plan.Writing.NONE);
    assertThat(early.nextLook()).isEqualTo(Duration.ofMillis(2_600));
    Plan later = WorkerGroupPlanner.plan(group, moved, NOW.plusMillis(3_000));
    assertThat(later.writing()).isEqualTo(Plan.Writing.AT_ONCE);
    assertThat(later.status().readyReplicas()).isEqualTo(2);

    ObservedState done = with(before, deployment(3, 3, 3, 1));
    assertThat(WorkerGroupPlanner.plan(group, done, NOW.plusMillis(400)).writing())
        .isEqualTo(Plan.Writing.AT_ONCE);
  }

  /** A pod each half second is made, and then becomes ready. */
  @Test
  void podsThatComeTogetherAreToldOfInFewWrites() {
    int writes = 0;
    Instant now = NOW;
    ObservedState seen = with(settled(), deployment(1, 1, 0, 1));
    for (int step = 0; step <= 5; step++) {
      seen = with(seen, deployment(Math.min(3, 1 + step), 3, Math.max(0, step - 2), 1));
      Plan plan = WorkerGroupPlanner.plan(group, seen, now);
      if (plan.writing() == Plan.Writing.AT_ONCE) {
        writes++;
        seen = after(seen, plan);
      }
      now = now.plusMillis(500);
    }
    assertThat(seen.status().readyReplicas()).isEqualTo(3);
    assertThat(writes).isEqualTo(2); // the first, and that they are as the spec says
  }

  @Test
  void whatElseChangesIsWrittenAtOnce() {
    ObservedState before = after(settled(), plan(settled()));
    ObservedState moved = with(before, deployment(3, 3, 2, 1));
    assertThat(WorkerGroupPlanner.plan(group, moved, NOW.plusMillis(1)).writing())
        .isEqualTo(Plan.Writing.AT_ONCE);
  }

  // Slots.

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # spec, at the server, set by us before | to set, status after
          2, -, -, 2, -
          2, 5, -, 2, -
          2, 2, -, none, 2
          2, 2, 2, none, 2
          3, 2, 2, 3, 2
          -, -, -, none, -
          -, 4, -, none, -
          -, 2, 2, unlimited, 2
          -, -, 2, none, -
          -, 4, 2, none, -
          """)
  void slotsAreSetUntilTheServerHasThemAndTakenBackIfTheyAreStillOurs(
      @Nullable Integer wished,
      @Nullable Integer there,
      @Nullable Integer set,
      String action,
      @Nullable Integer after) {
    WorkerGroup slotted = slotted(wished);
    ObservedState observed = withSlotsSet(observed(null, null, seen(there, 0, 0, 0)), set);
    Plan plan = WorkerGroupPlanner.plan(slotted, observed, NOW);
    assertThat(
            plan.slots() == null
                ? "none"
                : plan.slots().perWorker() == null ? "unlimited" : "" + plan.slots().perWorker())
        .isEqualTo(action);
    assertThat(plan.status().slotsPerWorker()).isEqualTo(after);
  }

  @Test
  void slotsWaitForTheServer() {
    ObservedState blind = withSlotsSet(observed(null, null, unseen()), 2);
    Plan plan = WorkerGroupPlanner.plan(slotted(3), blind, NOW);
    assertThat(plan.slots()).isNull();
    assertThat(plan.status().slotsPerWorker()).isEqualTo(2);
  }

  @Test
  void theOlderOfTwoThatSetTheSlotsOfOneGroupDecidesAndTheOtherSaysSoOnce() {
    ObservedState second =
        new ObservedState(
            null,
            null,
            null,
            seen(1, 0, 0, 0),
            "ns/first",
            WorkerGroupStatus.unknown(),
            Instant.EPOCH,
            AGroup.NOBODY);
    Plan plan = WorkerGroupPlanner.plan(slotted(2), second, NOW);
    assertThat(plan.slots()).isNull();
    assertThat(plan.notes())
        .extracting(Note::message)
        .containsExactly(
            "slots is not set at the server: WorkerGroup ns/first serves the same group and"
                + " decides");
    assertThat(WorkerGroupPlanner.plan(slotted(2), after(second, plan), NOW).notes()).isEmpty();
  }

  private Plan plan(ObservedState observed) {
    return WorkerGroupPlanner.plan(group, observed, NOW);
  }

  private static Plan.Apply applied(Plan plan) {
    return Objects.requireNonNull(plan.apply());
  }

  private static ObservedState nothing() {
    return observed(null, null, IDLE);
  }

  private ObservedState settled() {
    return observed(deployment(3, 3, 3, 1), applied(1), IDLE);
  }

  private Applied applied(long generation) {
    return new Applied(Groups.desired(group), "d-1", generation);
  }

  private static ObservedState observed(
      @Nullable Deployment deployment, @Nullable Applied applied, Sighting server) {
    return new ObservedState(
        deployment,
        applied,
        null,
        server,
        null,
        WorkerGroupStatus.unknown(),
        Instant.EPOCH,
        AGroup.NOBODY);
  }

  /** The state after the plan's status was written. */
  private static ObservedState after(ObservedState state, Plan plan) {
    return new ObservedState(
        state.deployment(),
        state.applied(),
        state.rejected(),
        state.server(),
        state.slotsDecider(),
        plan.status(),
        NOW,
        state.workforce());
  }

  private static ObservedState with(ObservedState state, Sighting server) {
    return new ObservedState(
        state.deployment(),
        state.applied(),
        state.rejected(),
        server,
        state.slotsDecider(),
        state.status(),
        state.statusWrittenAt(),
        state.workforce());
  }

  private static ObservedState with(ObservedState state, Deployment deployment) {
    return new ObservedState(
        deployment,
        state.applied(),
        state.rejected(),
        state.server(),
        state.slotsDecider(),
        state.status(),
        state.statusWrittenAt(),
        state.workforce());
  }

  private static ObservedState withSlotsSet(ObservedState state, @Nullable Integer slots) {
    return new ObservedState(
        state.deployment(),
        state.applied(),
        state.rejected(),
        state.server(),
        state.slotsDecider(),
        WorkerGroupStatus.builder().slotsPerWorker(slots).build(),
        state.statusWrittenAt(),
        state.workforce());
  }

  private static WorkerGroup slotted(@Nullable Integer slots) {
    return Groups.of(
        """
        %s
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker}]}}
        """
            .formatted(slots == null ? "" : "slots: " + slots));
  }

  private Deployment deployment(int pods, int updated, int ready, long generation) {
    return new DeploymentBuilder(Groups.desired(group))
        .editMetadata()
        .withUid("d-1")
        .withGeneration(generation)
        .endMetadata()
        .withNewStatus()
        .withObservedGeneration(generation)
        .withReplicas(pods)
        .withUpdatedReplicas(updated)
        .withReadyReplicas(ready)
        .endStatus()
        .build();
  }

  private static Sighting seen(@Nullable Integer slots, int connected, int inFlight, int ready) {
    return new Sighting.Seen(
        new GroupFigures(
            "g", slots, connected, ready, inFlight, 0, 4.9, null, List.of(), List.of()));
  }

  private static Sighting unseen() {
    return new Sighting.Unseen(Kind.NO_CONNECTION, "refused");
  }

  private static String condition(Plan plan, ConditionType type) {
    Condition condition = Objects.requireNonNull(Conditions.find(plan.status().conditions(), type));
    return condition.getStatus() + " " + condition.getReason() + " " + condition.getMessage();
  }
}
