package dev.baton.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class BusyBudgetTest {

  private final PodDisruptionBudget desired = BusyBudget.desired(Groups.plain());

  @Test
  void noneOfTheBusyPodsMayBeEvictedAndAllOthers() {
    assertThat(Serialization.asYaml(desired.getSpec()))
        .contains("maxUnavailable: 0")
        .contains("baton.dev/busy: \"true\"")
        .contains("baton.dev/workergroup: \"workers\"");
    assertThat(desired.getMetadata().getName()).isEqualTo("workers-busy");
  }

  @Test
  void whatTheApiServerHandsBackIsRightUntilSomebodyChangesIt() {
    PodDisruptionBudget found =
        Serialization.unmarshal(Serialization.asJson(desired), PodDisruptionBudget.class);
    assertThat(BusyBudget.isRight(found, Groups.plain())).isTrue();
    PodDisruptionBudget changed =
        new PodDisruptionBudgetBuilder(found).editSpec().withNewMaxUnavailable(1).endSpec().build();
    assertThat(BusyBudget.isRight(changed, Groups.plain())).isFalse();
    assertThat(BusyBudget.isRight(null, Groups.plain())).isFalse();
  }
}
