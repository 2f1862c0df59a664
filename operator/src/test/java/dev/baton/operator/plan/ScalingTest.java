package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What autoscaling makes of a WorkerGroup's plan. */
class ScalingTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void theWorkDecidesInsteadOfTheReplicas() {
    Plan plan = plan(group("max: 10"), burst());
    assertThat(Objects.requireNonNull(plan.apply()).desired().getSpec().getReplicas())
        .isEqualTo(10);
    assertThat(plan.status().desiredReplicas()).isEqualTo(10);
    assertThat(plan.notes())
        .contains(
            Note.normal(
                Reason.Autoscaled,
                "Wishes for 10 workers: 60 wait, 0 in flight, 1 slot a worker; max 10"));
  }

  @Test
  void aDecisionIsToldOnceWithWhatItWasBefore() {
    WorkerGroup group = group("max: 80, min: 0");
    ObservedState first = observed(burst(), WorkerGroupStatus.unknown());
    WorkerGroupStatus before = WorkerGroupPlanner.plan(group, first, NOW).status();
    Plan again = WorkerGroupPlanner.plan(group, observed(burst(), before), NOW.plusSeconds(5));
    assertThat(again.notes()).extracting(Note::reason).doesNotContain(Reason.Autoscaled);
    Plan more = WorkerGroupPlanner.plan(group, observed(work(70), before), NOW.plusSeconds(5));
    assertThat(more.notes())
        .extracting(Note::message)
        .contains("Wishes for 70 workers instead of 60: 70 wait, 0 in flight, 1 slot a worker");
  }

  @Test
  void whatWasDecidedIsToldWhenItIsAppliedAndNotDecidedAgain() {
    WorkerGroup group = group("max: 10");
    ObservedState before = observed(burst(), WorkerGroupStatus.unknown());
    Plan first = WorkerGroupPlanner.plan(group, before, NOW);
    Deployment desired = Objects.requireNonNull(first.apply()).desired();
    Deployment result =
        new DeploymentBuilder(desired)
            .editMetadata()
            .withUid("u")
            .withGeneration(1L)
            .endMetadata()
            .build();
    ObservedState after = before.after(result, new ObservedState.Applied(desired, "u", 1));
    Plan then = WorkerGroupPlanner.plan(group, after, first.decision(), NOW.plusSeconds(1));
    assertThat(then.apply()).isNull();
    assertThat(then.status().autoscaling()).isEqualTo(first.status().autoscaling());
    assertThat(then.notes())
        .extracting(Note::message)
        .contains("Wishes for 10 workers: 60 wait, 0 in flight, 1 slot a worker; max 10");
  }

  @Test
  void aDryRunTellsAndLeavesTheReplicas() {
    Plan plan = plan(group("max: 10, dryRun: true"), burst());
    assertThat(Objects.requireNonNull(plan.apply()).desired().getSpec().getReplicas()).isEqualTo(2);
    assertThat(plan.status().desiredReplicas()).isEqualTo(2);
    assertThat(Objects.requireNonNull(plan.status().autoscaling()).desired()).isEqualTo(10);
    assertThat(plan.notes())
        .extracting(Note::reason, Note::message)
        .anyMatch(it -> it.toString().contains("AutoscalingDryRun, \"Would wish for 10 workers: "));
  }

  @Test
  void spareWorkersComeOnTopWhileThereIsWork() {
    assertThat(plan(group("max: 10, spareWorkers: 2"), work(3)).status().desiredReplicas())
        .isEqualTo(5);
    assertThat(plan(group("max: 10, spareWorkers: 2"), work(9)).status().desiredReplicas())
        .isEqualTo(10);
    WorkerGroup toZero = group("max: 10, min: 0, idleTimeout: 0s, spareWorkers: 2");
    assertThat(plan(toZero, work(0)).status().desiredReplicas()).isZero();
  }

  @Test
  void aRiseIsPacedAndGoesOnInTime() {
    WorkerGroup group = group("max: 50, scaleUp: {workers: 4, periodSeconds: 20}");
    Plan first = plan(group, burst());
    assertThat(first.status().desiredReplicas()).isEqualTo(2 + 4);
    assertThat(Objects.requireNonNull(first.status().autoscaling()).reason())
        .isEqualTo("60 wait, 0 in flight, 1 slot a worker; max 50; on the way to 50");
    Plan early =
        WorkerGroupPlanner.plan(group, observed(burst(), first.status()), NOW.plusSeconds(19));
    assertThat(early.status().desiredReplicas()).isEqualTo(6);
    assertThat(early.nextLook()).isEqualTo(Duration.ofSeconds(1));
    Plan next =
        WorkerGroupPlanner.plan(group, observed(burst(), early.status()), NOW.plusSeconds(20));
    assertThat(next.status().desiredReplicas()).isEqualTo(10);
  }

  @Test
  void aFallIsPacedAfterItsStabilization() {
    WorkerGroup group =
        group("max: 50, scaleDownStabilization: 10s, scaleDown: {percent: 50, periodSeconds: 20}");
    WorkerGroupStatus at = plan(group, work(40)).status();
    int[] seconds = {1, 11, 12, 30, 31, 32, 51, 71, 91, 111, 131, 151};
    int[] desired = new int[seconds.length];
    for (int i = 0; i < seconds.length; i++) {
      at =
          WorkerGroupPlanner.plan(group, observed(work(1), at), NOW.plusSeconds(seconds[i]))
              .status();
      desired[i] = Objects.requireNonNull(at.desiredReplicas());
    }
    assertThat(desired).containsExactly(40, 40, 40, 20, 20, 20, 10, 5, 2, 1, 1, 1);
  }

  @Test
  void whereTooManyHaveWaitedTooLongEachTaskGetsASlot() {
    WorkerGroup group = group("max: 50, targetWaitingP95Seconds: 4");
    assertThat(plan(group, waited(3.9)).status().desiredReplicas()).isEqualTo(4);
    WorkerGroupStatus behind = plan(group, waited(4.1)).status();
    assertThat(behind.desiredReplicas()).isEqualTo(20);
    assertThat(Objects.requireNonNull(behind.autoscaling()).reason())
        .isEqualTo(
            "20 wait, 0 in flight, 1 slot a worker; of the last tasks more than 5 % have waited"
                + " longer than 4 s (95 % up to 4.10 s)");
  }

  /** Twenty tasks of a second each. */
  private static Sighting waited(double p95) {
    return new Sighting.Seen(
        new GroupFigures("g", 1, 0, 20, 0, 0, 0.1, 1.0, List.of(), List.of(), p95));
  }

  @Test
  void twoGroupsShareTheWorkByWeight() {
    WorkerGroup group = group("max: 50, weight: 3");
    ObservedState alone = observed(work(8), WorkerGroupStatus.unknown());
    ObservedState shared =
        new ObservedState(
            null,
            null,
            null,
            alone.server(),
            null,
            alone.status(),
            Instant.EPOCH,
            AGroup.NOBODY,
            null,
            null,
            null,
            alone.desired(),
            false,
            null,
            new Surroundings(
                List.of(
                    Objects.requireNonNull(Sharing.Peer.of(group, NOW)),
                    new Sharing.Peer("spot", 1, 0, 50)),
                Contention.NONE));
    WorkerGroupStatus status = WorkerGroupPlanner.plan(group, shared, NOW).status();
    assertThat(status.desiredReplicas()).isEqualTo(6);
    assertThat(Objects.requireNonNull(status.autoscaling()).reason())
        .isEqualTo(
            "8 wait, 0 in flight, 1 slot a worker; 6 of the 8 workers that this takes, by weight");
  }

  @Test
  void withoutAutoscalingTheReplicasDecide() {
    WorkerGroup group =
        Groups.of(
            """
            replicas: 2
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker}]}}
            """);
    Plan plan = plan(group, burst());
    assertThat(plan.status().desiredReplicas()).isEqualTo(2);
    assertThat(plan.status().autoscaling()).isNull();
  }

  @Test
  void thePlanIsLookedAtAgainWhenTheTimeHasCome() {
    WorkerGroup group = group("max: 10, min: 0, idleTimeout: 7s, scaleDownStabilization: 90s");
    WorkerGroupStatus before =
        WorkerGroupPlanner.plan(group, observed(work(1), WorkerGroupStatus.unknown()), NOW)
            .status();
    Plan idle = WorkerGroupPlanner.plan(group, observed(work(0), before), NOW);
    assertThat(idle.nextLook()).isEqualTo(Duration.ofSeconds(7));
    Plan over =
        WorkerGroupPlanner.plan(group, observed(work(0), idle.status()), NOW.plusSeconds(7));
    assertThat(over.status().desiredReplicas()).isZero();
  }

  @Test
  void theFewestSlotsThatAWorkerAnnouncedCount() {
    var figures =
        new GroupFigures(
            "g", 9, 2, 12, 0, 0, 0, null, List.of(), List.of(worker("a", 4), worker("b", 3)));
    Plan plan = plan(group("max: 10", ""), new Sighting.Seen(figures));
    assertThat(plan.status().desiredReplicas()).isEqualTo(4);
  }

  private static GroupFigures.Worker worker(String pid, int slots) {
    return new GroupFigures.Worker(pid, null, slots, 0, false, 0);
  }

  private static WorkerGroup group(String autoscaling) {
    return group(autoscaling, "slots: 1");
  }

  private static WorkerGroup group(String autoscaling, String slots) {
    return Groups.of(
        """
        replicas: 2
        %s
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker}]}}
        autoscaling: {%s}
        """
            .formatted(slots, autoscaling));
  }

  private static Sighting burst() {
    return work(60);
  }

  private static Sighting work(int waiting) {
    return new Sighting.Seen(
        new GroupFigures("g", 1, 0, waiting, 0, 0, 0, null, List.of(), List.of()));
  }

  private static Plan plan(WorkerGroup group, Sighting server) {
    return WorkerGroupPlanner.plan(group, observed(server, WorkerGroupStatus.unknown()), NOW);
  }

  private static ObservedState observed(Sighting server, WorkerGroupStatus status) {
    return new ObservedState(null, null, null, server, null, status, Instant.EPOCH, AGroup.NOBODY);
  }
}
