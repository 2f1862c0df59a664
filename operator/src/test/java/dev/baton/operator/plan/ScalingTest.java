package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.Sighting;
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
