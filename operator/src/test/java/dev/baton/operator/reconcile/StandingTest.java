package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.resources.Groups;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StandingTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final OperatorMetrics metrics = new OperatorMetrics(meters);
  private final Standing standing = new Standing(metrics);
  private final WorkerGroup group =
      Groups.of(
          """
          server: {url: "http://baton:8001"}
          template: {spec: {containers: [{name: worker}]}}
          autoscaling: {max: 9}
          """);

  @Test
  void theDesiredNumberIsAGaugeUntilTheWorkerGroupIsGone() {
    standing.tell(group, status(2).autoscaling(), status(2));
    assertThat(desired()).isEqualTo(2);
    standing.tell(group, status(2).autoscaling(), status(7));
    assertThat(desired()).isEqualTo(7);
    metrics.forget("ns", "workers");
    assertThat(meters.find("baton.operator.desired.replicas").gauge()).isNull();
  }

  @Test
  void eachDecisionIsCountedByItsDirection() {
    standing.tell(group, status(2).autoscaling(), status(7));
    standing.tell(group, status(7).autoscaling(), status(7));
    standing.tell(group, status(7).autoscaling(), status(3));
    standing.tell(group, status(3).autoscaling(), status(4));
    assertThat(decisions("up")).isEqualTo(2);
    assertThat(decisions("down")).isEqualTo(1);
  }

  @Test
  void whatIsStuckIsCountedByItsReason() {
    standing.tell(group, status(1).autoscaling(), status(1, "Stuck", "True", "Poison"));
    assertThat(stuck("poison")).isEqualTo(1);
    assertThat(stuck("no_worker_connected")).isZero();
    standing.tell(group, status(1).autoscaling(), status(1, "Stuck", "True", "NoWorkerConnected"));
    assertThat(stuck("poison")).isZero();
    assertThat(stuck("no_worker_connected")).isEqualTo(1);
    standing.tell(
        group, status(1).autoscaling(), status(1, "ServerReachable", "False", "NoConnection"));
    assertThat(stuck("server_unreachable")).isEqualTo(1);
    standing.tell(
        group, status(1).autoscaling(), status(1, "ServerReachable", "True", "ServerAnswers"));
    assertThat(stuck("server_unreachable")).isZero();
  }

  private double desired() {
    return meters
        .get("baton.operator.desired.replicas")
        .tag("workergroup", "workers")
        .gauge()
        .value();
  }

  private double decisions(String direction) {
    return meters
        .get("baton.operator.scaling.decisions")
        .tags("direction", direction, "dry_run", "false")
        .counter()
        .count();
  }

  private double stuck(String reason) {
    return meters.get("baton.operator.stuck.groups").tag("reason", reason).gauge().value();
  }

  private static WorkerGroupStatus status(int desired) {
    return status(desired, null, "", "");
  }

  private static WorkerGroupStatus status(
      int desired, @Nullable String condition, String truth, String reason) {
    List<Condition> conditions =
        condition == null
            ? List.of()
            : List.of(
                new ConditionBuilder()
                    .withType(condition)
                    .withStatus(truth)
                    .withReason(reason)
                    .build());
    return WorkerGroupStatus.builder()
        .observedGeneration(1L)
        .desiredReplicas(desired)
        .autoscaling(new AutoscalingStatus(desired, "", null, null, null, null, null))
        .conditions(conditions)
        .build();
  }
}
