package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.resources.Upgrade;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a Deployment when another release of the operator makes its pods otherwise. */
class UpgradesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final WorkerGroup group = Groups.plain();

  @Test
  void whatThisReleaseMadeIsAppliedAsItIs() {
    Deployment made = with(Groups.desired(group), 3);
    assertStep(plan(made, false), Upgrade.NONE, false);
  }

  @Test
  void whatAnotherReleaseMadeWaitsForItsTurnAndFollowsTheNumberMeanwhile() {
    Plan plan = plan(older(3), false);
    assertStep(plan, Upgrade.WAITS, true);
    Deployment waits = with(desired(plan), 0);
    Plan next = plan(waits, new Applied(desired(plan), "d-1", 1), false);
    assertThat(next.apply()).isNull();
    assertThat(next.upgrade()).isEqualTo(Upgrade.WAITS);
    assertThat(condition(next))
        .startsWith("False UpgradeWaits 0 of 3 pods run the new template, 3 an older one");
    assertThat(next.status().conditions())
        .as("its workers do their work")
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));

    group.setSpec(
        Groups.of(
                """
                replicas: 5
                server: {url: "http://baton:8001"}
                template: {spec: {containers: [{name: worker, image: "worker:1"}]}}
                """)
            .getSpec());
    assertThat(desired(plan(waits, false)).getSpec().getReplicas()).isEqualTo(5);
  }

  @Test
  void whoseTurnItIsRollsUntilNoOldPodIsLeft() {
    Deployment waits = with(desired(plan(older(3), false)), 0);
    Plan turn = plan(waits, true);
    assertStep(turn, Upgrade.ROLLS, false);
    Deployment rolls = with(desired(turn), 1);
    assertStep(plan(rolls, false), Upgrade.ROLLS, false); // also by an operator that comes after
    Deployment done = with(desired(turn), 3);
    assertStep(plan(done, true), Upgrade.NONE, false);
  }

  @Test
  void whatMakesNoDifferenceToPodsWaitsForNobody() {
    Deployment same = with(desired(plan(older(3), false)), 3);
    assertStep(plan(same, false), Upgrade.NONE, false);
  }

  @Test
  void aChangeThatSomebodyWantsWaitsForNobody() {
    group.getMetadata().setGeneration(2L);
    assertStep(plan(older(3), false), Upgrade.NONE, false);
  }

  @Test
  void whoIsHeldWaitsAlsoWhenItsTurnHasCome() {
    group.getMetadata().setAnnotations(Map.of(Upgrade.HOLD_ANNOTATION, "true"));
    Deployment waits = with(desired(plan(older(3), false)), 0);
    assertStep(plan(waits, true), Upgrade.WAITS, true);
  }

  @Test
  void fewerWorkersDoNotWaitForTheTurn() {
    Deployment waits = with(desired(plan(older(3), false)), 0);
    assertThat(Verdicts.isRolling(waits, Upgrade.of(waits) == Upgrade.WAITS, NOW)).isFalse();
  }

  /** As a release made it whose pods have no such thing as ours. */
  private Deployment older(int updated) {
    return with(
        new DeploymentBuilder(Groups.desired(group))
            .editMetadata()
            .withAnnotations(Map.of("baton.dev/template-print", "0000000000000000"))
            .endMetadata()
            .build(),
        updated);
  }

  private static Deployment with(Deployment deployment, int updated) {
    return new DeploymentBuilder(deployment)
        .editMetadata()
        .withUid("d-1")
        .withGeneration(1L)
        .endMetadata()
        .withNewStatus()
        .withObservedGeneration(1L)
        .withReplicas(3)
        .withUpdatedReplicas(updated)
        .withReadyReplicas(3)
        .endStatus()
        .build();
  }

  private Plan plan(Deployment found, boolean turn) {
    return plan(found, null, turn);
  }

  private Plan plan(Deployment found, @Nullable Applied applied, boolean turn) {
    return WorkerGroupPlanner.plan(
        group,
        new ObservedState(
            found,
            applied,
            null,
            new Sighting.NotYet(),
            null,
            WorkerGroupStatus.builder().observedGeneration(1L).build(),
            Instant.EPOCH,
            AGroup.NOBODY,
            null,
            null,
            null,
            new DesiredDeployment(),
            turn,
            null,
            Surroundings.NONE),
        NOW);
  }

  private static Deployment desired(Plan plan) {
    return Objects.requireNonNull(plan.apply()).desired();
  }

  private static void assertStep(Plan plan, Upgrade step, boolean paused) {
    assertThat(plan.upgrade()).isEqualTo(step);
    assertThat(Upgrade.of(desired(plan))).isEqualTo(step);
    assertThat(desired(plan).getSpec().getPaused()).isEqualTo(paused);
  }

  private static String condition(Plan plan) {
    var condition =
        Objects.requireNonNull(
            Conditions.find(plan.status().conditions(), ConditionType.Progressing));
    return condition.getStatus() + " " + condition.getReason() + " " + condition.getMessage();
  }
}
