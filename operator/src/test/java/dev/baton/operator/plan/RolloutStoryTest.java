package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.rollout.Facts.GateResult;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole rollouts, by plans in a played cluster. */
class RolloutStoryTest {

  private static final String ROLLOUT =
      "rollout: {steps: [{percent: 25, pause: 10s}], gate: {function: check, args: [1]}}";

  private final PlayedCluster cluster = new PlayedCluster(group(4, ROLLOUT));

  @Test
  void aGateThatPassesBringsTheNewTemplateToAll() {
    begin();
    settle("v1", 4);
    assertThat(cluster.calls).isEmpty();
    cluster.write(template("v2"));
    until("Gating", Map.of());
    assertThat(cluster.ready("v2")).isEqualTo(1);
    assertThat(cluster.ready("v1")).isGreaterThanOrEqualTo(3);
    Plan.Gate call = cluster.calls.getFirst();
    assertThat(call.pid()).isEqualTo("workers-next-1");
    assertThat(call.function()).isEqualTo("check");
    assertThat(condition(ConditionType.Progressing))
        .isEqualTo(
            "True RollingOut revision v2 is at step 1 of 1 (25 %): the gate is called on pod"
                + " workers-next-1");
    until("Pausing", Map.of(call.id(), new GateResult.Passed()));
    assertThat(cluster.hasNext()).isTrue();
    until("Settled", Map.of());
    settle("v2", 4);
    cluster.step(Map.of());
    assertThat(cluster.hasNext()).as("the empty one is removed").isFalse();
    assertThat(cluster.pods())
        .allSatisfy(it -> assertThat(it.getMetadata().getName()).doesNotStartWith("workers-next"));
    assertThat(cluster.calls).hasSize(1);
    assertThat(cluster.lost).isEmpty();
    assertThat(cluster.events)
        .contains(
            "Rollout revision v2 is at step 1 of 1 (25 %): it is watched for 10s",
            "Rollout revision v2 is in use");
    assertThat(condition(ConditionType.Progressing)).startsWith("False Settled");
  }

  @Test
  void aGateThatFailsBringsBackTheOldOnesAndSaysSo() {
    begin();
    cluster.write(template("v2"));
    until("Gating", Map.of());
    cluster.load.put("workers-next-1", 1); // somebody's call, which is to be finished
    var id = cluster.calls.getFirst().id();
    until("RollingBack", Map.of(id, new GateResult.Failed("check was rejected: no")));
    for (int i = 0; i < 5; i++) {
      cluster.step(Map.of());
      assertThat(phase()).as("its worker finishes what it has").isEqualTo("RollingBack");
    }
    cluster.load.clear();
    until("RolledBack", Map.of());
    settle("v1", 4);
    cluster.step(Map.of());
    assertThat(cluster.hasNext()).as("the empty one is removed").isFalse();
    assertThat(cluster.lost).isEmpty();
    assertThat(condition(ConditionType.Progressing))
        .isEqualTo(
            "False RolledBack revision v2 was rolled back to v1: the gate failed: check was"
                + " rejected: no");
    assertThat(condition(ConditionType.Stalled)).startsWith("True RolledBack");
    assertThat(condition(ConditionType.Available)).startsWith("True WorkersReady");

    cluster.write(template("v3"));
    until("Gating", Map.of());
    assertThat(cluster.ready("v3")).isEqualTo(1);
  }

  @Test
  void aServerWithoutGroupsIsGivenTheCallForTheNameOfThePod() {
    PlayedCluster foreign =
        new PlayedCluster(group(2, "rollout: {steps: [{percent: 50}], gate: {function: check}}"));
    foreign.isForeign = true;
    run(foreign, "Settled", Map.of());
    foreign.write(template("v2"));
    run(foreign, "Gating", Map.of());
    Plan.Gate call = foreign.calls.getFirst();
    assertThat(call.pid()).isEqualTo("workers-next-1");
    run(foreign, "Settled", Map.of(call.id(), new GateResult.Passed()));
    assertThat(foreign.ready("v2")).isEqualTo(2);
  }

  @Test
  void pausedOnFailureItStaysAsItIsUntilSomebodyDecides() {
    PlayedCluster held =
        new PlayedCluster(
            group(
                4, "rollout: {steps: [{percent: 50}], gate: {function: check}, onFailure: Pause}"));
    run(held, "Settled", Map.of());
    held.write(template("v2"));
    run(held, "Gating", Map.of());
    run(held, "Held", Map.of(held.calls.getFirst().id(), new GateResult.Failed("no")));
    for (int i = 0; i < 5; i++) {
      held.step(Map.of());
    }
    assertThat(held.ready("v2")).isEqualTo(2);
    assertThat(held.ready("v1")).isEqualTo(2);
    RolloutStatus rollout = Objects.requireNonNull(held.status().rollout());
    assertThat(rollout.failure()).isEqualTo("the gate failed: no");
    held.group
        .getMetadata()
        .setAnnotations(
            new HashMap<>(
                Map.of(Wiring.ROLLOUT_CONTINUE, Objects.requireNonNull(rollout.continueWith()))));
    run(held, "Settled", Map.of());
    assertThat(held.status().rollout().stable()).isEqualTo("v2");
  }

  @Test
  void aTemplateThatNeverGetsReadyIsRolledBack() {
    begin();
    cluster.broken.add("v2");
    cluster.write(template("v2"));
    until("Starting", Map.of());
    cluster.isLate = true;
    until("RolledBack", Map.of());
    assertThat(condition(ConditionType.Progressing))
        .contains("new workers did not get ready in time: it has timed out");
    settle("v1", 4);
  }

  @Test
  void aQuotaThatHindersTheNewWorkersIsSaidAtOnceAndWhenTheirTimeIsOver() {
    begin();
    cluster.refused.add("v2");
    cluster.write(template("v2"));
    until("Starting", Map.of());
    cluster.step(Map.of());
    cluster.step(Map.of());
    assertThat(condition(ConditionType.Progressing))
        .isEqualTo(
            "True RollingOut revision v2 is at step 1 of 1 (25 %): 0 of 1 new workers are ready;"
                + " exceeded quota: few");
    cluster.isLate = true;
    until("RolledBack", Map.of());
    assertThat(condition(ConditionType.Progressing))
        .contains("new workers did not get ready in time: exceeded quota: few");
    settle("v1", 4);
  }

  @Test
  void aQuotaThatHindersTheLastPartTakesItBack() {
    begin();
    cluster.write(template("v2"));
    until("Gating", Map.of());
    until("Promoting", Map.of(cluster.calls.getFirst().id(), new GateResult.Passed()));
    cluster.refused.add("v2");
    cluster.step(Map.of());
    cluster.step(Map.of());
    assertThat(condition(ConditionType.Progressing)).endsWith("; exceeded quota: few");
    cluster.isLate = true;
    until("RolledBack", Map.of());
    assertThat(condition(ConditionType.Progressing)).contains("exceeded quota: few");
    settle("v1", 4);
    assertThat(cluster.lost).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Passed", "Failed"})
  void anOperatorThatIsKilledAfterEachOfItsLooksEndsItTheSame(String how) {
    begin();
    cluster.write(template("v2"));
    Map<String, GateResult> answers = new HashMap<>();
    for (int look = 0; look < 120; look++) {
      cluster.step(answers);
      cluster.killTheOperator();
      cluster.calls.forEach(it ->
          answers.put(
              it.id(),
              how.equals("Passed") ? new GateResult.Passed() : new GateResult.Failed("no")));
      assertThat(cluster.ready("v1") + cluster.ready("v2")).isGreaterThanOrEqualTo(4);
    }
    assertThat(phase()).isEqualTo(how.equals("Passed") ? "Settled" : "RolledBack");
    settle(how.equals("Passed") ? "v2" : "v1", 4);
    assertThat(cluster.calls).as("the gate is called once").hasSize(1);
    assertThat(cluster.lost).isEmpty();
  }

  @Test
  void aGroupWithoutStepsHasOneDeploymentAndNoRolloutInItsStatus() {
    PlayedCluster plain = new PlayedCluster(group(2, "rollout: {maxSurge: 1}"));
    for (int i = 0; i < 5; i++) {
      plain.step(Map.of());
    }
    plain.write(template("v2"));
    for (int i = 0; i < 30; i++) {
      plain.step(Map.of());
    }
    assertThat(plain.ready("v2")).isEqualTo(2);
    assertThat(plain.ready("v1")).isZero();
    assertThat(plain.status().rollout()).isNull();
  }

  private void begin() {
    until("Settled", Map.of());
    for (int i = 0; i < 10; i++) {
      cluster.step(Map.of());
    }
    settle("v1", 4);
  }

  private void settle(String image, int workers) {
    for (int i = 0; i < 60 && !isAll(image, workers); i++) {
      cluster.step(Map.of());
    }
    assertThat(cluster.ready(image)).isEqualTo(workers);
    assertThat(cluster.pods()).hasSize(workers);
  }

  private boolean isAll(String image, int workers) {
    return cluster.ready(image) == workers && cluster.pods().size() == workers;
  }

  private void until(String phase, Map<String, GateResult> answers) {
    run(cluster, phase, answers);
  }

  private static void run(PlayedCluster played, String phase, Map<String, GateResult> answers) {
    for (int i = 0; i < 200; i++) {
      played.step(answers);
      if (phase.equals(phase(played))) {
        return;
      }
    }
    throw new AssertionError(
        "it is " + phase(played) + " and not " + phase + ": " + played.status().rollout());
  }

  private @Nullable String phase() {
    return phase(cluster);
  }

  private static @Nullable String phase(PlayedCluster played) {
    RolloutStatus rollout = played.status().rollout();
    return rollout == null ? null : rollout.phase();
  }

  private String condition(ConditionType type) {
    Condition condition =
        Objects.requireNonNull(Conditions.find(cluster.status().conditions(), type));
    return condition.getStatus() + " " + condition.getReason() + " " + condition.getMessage();
  }

  private static WorkerGroup group(int replicas, String rollout) {
    return Groups.of(
        """
        replicas: %d
        %s
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker, image: v1}]}}
        """
            .formatted(replicas, rollout));
  }

  private static JsonNode template(String image) {
    return Groups.of(
            """
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker, image: %s}]}}
            """
                .formatted(image))
        .getSpec()
        .template();
  }
}
