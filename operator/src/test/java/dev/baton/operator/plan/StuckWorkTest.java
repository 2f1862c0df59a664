package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupFigures.Redelivered;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StuckWorkTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private WorkerGroup group = Groups.plain();

  @Test
  void withWorkersConnectedWorkFlows() {
    assertThat(verdict(figures(1), 3)).startsWith("False WorkFlows");
  }

  @Test
  void withoutPodsNobodyIsMissed() {
    assertThat(verdict(figures(0), 0)).startsWith("False WorkFlows");
  }

  @Test
  void aServerThatIsNotSeenLeavesItUnknown() {
    assertThat(verdict(null, 3)).startsWith("Unknown NotAskedYet");
  }

  @Test
  void podsWithoutWorkersAreStuckAfterThePatience() {
    List<Condition> first = conditions(figures(0), 3, List.of(), NOW);
    assertThat(first.getFirst().getReason()).isEqualTo("NoWorkerYet");
    assertThat(StuckWork.nextLook(first)).isEqualTo(NOW.plusSeconds(30));
    List<Condition> early = conditions(figures(0), 3, first, NOW.plusSeconds(29));
    assertThat(early.getFirst().getReason()).isEqualTo("NoWorkerYet");
    List<Condition> late = conditions(figures(0), 3, early, NOW.plusSeconds(30));
    assertThat(late.getFirst().getMessage())
        .isEqualTo("3 pods exist, and no worker of the group is connected");
    assertThat(late.getFirst().getStatus()).isEqualTo("True");
    List<Condition> later = conditions(figures(0), 3, late, NOW.plusSeconds(31));
    assertThat(later).isEqualTo(late);
    assertThat(StuckWork.nextLook(later)).isNull();
    assertThat(conditions(figures(1), 3, later, NOW.plusSeconds(32)).getFirst().getReason())
        .isEqualTo("WorkFlows");
  }

  @Test
  void podsThatAreAskedForAndDoNotComeAreMissed() {
    List<Condition> first = missing(2, List.of(), NOW);
    assertThat(first.getFirst().getReason()).isEqualTo("NoWorkerYet");
    List<Condition> late = missing(2, first, NOW.plusSeconds(30));
    assertThat(late.getFirst().getStatus()).isEqualTo("True");
    assertThat(late.getFirst().getMessage())
        .isEqualTo("no pod exists, though 2 workers are asked for");
    assertThat(missing(1, late, NOW.plusSeconds(31)).getFirst().getMessage())
        .isEqualTo("no pod exists, though 1 worker is asked for");
    assertThat(missing(0, late, NOW.plusSeconds(32)).getFirst().getReason()).isEqualTo("WorkFlows");
  }

  private List<Condition> missing(int wished, List<Condition> before, Instant now) {
    Verdict verdict = StuckWork.verdict(group, figures(0), wished, pods(0), 0, before, now);
    return List.of(Conditions.of(ConditionType.Stuck, verdict, 1L, before, now));
  }

  @Test
  void afterTheServersAbsenceWorkersHaveTheirTimeToConnectAgain() {
    List<Condition> away = conditions(null, 3, List.of(), NOW);
    List<Condition> back = conditions(figures(0), 3, away, NOW.plusSeconds(300));
    assertThat(back.getFirst().getReason()).isEqualTo("NoWorkerYet");
    assertThat(StuckWork.nextLook(back)).isEqualTo(NOW.plusSeconds(330));
    assertThat(conditions(figures(0), 3, back, NOW.plusSeconds(329)).getFirst().getReason())
        .isEqualTo("NoWorkerYet");
  }

  @Test
  void podsThatAreStillOfTheServerBeforeAreNotMissedAtTheNewOne() {
    List<Condition> first = conditions(figures(0), 3, 3, List.of(), NOW);
    assertThat(first.getFirst().getReason()).isEqualTo("WorkFlows");
    List<Condition> begun = conditions(figures(0), 4, 3, first, NOW.plusSeconds(300));
    assertThat(begun.getFirst().getReason()).as("it has just begun").isEqualTo("NoWorkerYet");
    assertThat(StuckWork.nextLook(begun)).isEqualTo(NOW.plusSeconds(330));
    assertThat(conditions(figures(0), 4, 3, begun, NOW.plusSeconds(330)).getFirst().getMessage())
        .isEqualTo("1 pod exists, and no worker of the group is connected");
  }

  @Test
  void tasksThatWaitWhereNobodyIsWishedForAreSaid() {
    var waiting = new GroupFigures("g", 1, 0, 9, 0, 0, 4, null, List.of(), List.of());
    assertThat(verdict(waiting, 0))
        .isEqualTo("False ScaledToZero 9 tasks wait, and no workers are asked for");
  }

  @Test
  void aTaskThatTenDeliveriesDidNotFinishIsPoison() {
    assertThat(verdict(figures(1, new Redelivered("t", 9)), 1)).startsWith("False WorkFlows");
    assertThat(verdict(figures(1, new Redelivered("t", 10), new Redelivered("s", 9)), 1))
        .isEqualTo("True Poison 1 task has been delivered 10 times or more, and never finished: t");
  }

  @Test
  void fewDeliveriesAreEnoughWhereTheSpecSaysSo() {
    group = poison("maxDeliveries: 3");
    assertThat(
            verdict(
                figures(
                    1,
                    new Redelivered("d", 9),
                    new Redelivered("c", 4),
                    new Redelivered("b", 3),
                    new Redelivered("a", 3)),
                1))
        .endsWith(
            "4 tasks have been delivered 3 times or more, and never finished: a, b, c and others");
  }

  @Test
  void poisonIsHaltedOnlyWhereTheSpecSaysSo() {
    Redelivered worst = new Redelivered("t", 5);
    Sighting seen = new Sighting.Seen(figures(1, worst, new Redelivered("s", 4)));
    assertThat(StuckWork.toHalt(poison("maxDeliveries: 5, action: Halt"), observed(seen)))
        .containsExactly(worst);
    assertThat(StuckWork.toHalt(poison("maxDeliveries: 5, action: Report"), observed(seen)))
        .isEmpty();
    assertThat(StuckWork.toHalt(Groups.plain(), observed(seen))).isEmpty();
    assertThat(
            StuckWork.toHalt(
                poison("maxDeliveries: 5, action: Halt"), observed(new Sighting.NotYet())))
        .isEmpty();
  }

  private static WorkerGroup poison(String poison) {
    return Groups.of(
        """
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker}]}}
        poison: {%s}
        """
            .formatted(poison));
  }

  private static ObservedState observed(Sighting server) {
    return new ObservedState(
        null, null, null, server, null, WorkerGroupStatus.unknown(), Instant.EPOCH, AGroup.NOBODY);
  }

  private static GroupFigures figures(int connected, Redelivered... redelivered) {
    return new GroupFigures(
        "g", null, connected, 0, 0, 0, 0, null, List.of(redelivered), List.of());
  }

  private String verdict(@Nullable GroupFigures figures, int pods) {
    Verdict verdict = StuckWork.verdict(group, figures, pods, pods(pods), 0, List.of(), NOW);
    return verdict.truth() + " " + verdict.reason() + " " + verdict.message();
  }

  private List<Condition> conditions(
      @Nullable GroupFigures figures, int pods, List<Condition> before, Instant now) {
    return conditions(figures, pods, 0, before, now);
  }

  private List<Condition> conditions(
      @Nullable GroupFigures figures,
      int pods,
      int elsewhere,
      List<Condition> before,
      Instant now) {
    Verdict verdict = StuckWork.verdict(group, figures, pods, pods(pods), elsewhere, before, now);
    return List.of(Conditions.of(ConditionType.Stuck, verdict, 1L, before, now));
  }

  private static DeploymentStatus pods(int count) {
    return new DeploymentStatusBuilder().withReplicas(count).build();
  }
}
