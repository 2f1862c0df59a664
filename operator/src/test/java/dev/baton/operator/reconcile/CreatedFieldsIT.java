package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baton.operator.SteppedClock;
import dev.baton.operator.TestCluster;
import dev.baton.operator.resources.BusyBudget;
import dev.baton.operator.resources.Groups;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose the fields are of what was created, at a real API server. */
class CreatedFieldsIT {

  /** Of nobody: its owner is not there, so Kubernetes would remove it. */
  private static final PodDisruptionBudget BUDGET =
      new PodDisruptionBudgetBuilder(BusyBudget.desired(Groups.plain()))
          .editMetadata()
          .withNamespace("default")
          .withName("created-fields")
          .withOwnerReferences()
          .endMetadata()
          .build();

  @AutoClose private final KubernetesClient admin = TestCluster.admin();
  @AutoClose private final KubernetesClient operator = TestCluster.operator(this::isSending);
  private final Executor executor = new Executor(operator, new SteppedClock());
  private final Memory memory = new Memory();

  /** How often somebody else is still to change the budget just before the operator patches it. */
  private int changes;

  private void isSending(HttpRequest request) {
    if (request.method().equals("PATCH") && changes > 0) {
      changes--;
      admin
          .resource(BUDGET)
          .patch("{\"metadata\":{\"labels\":{\"example.org/changes\":\"%d\"}}}".formatted(changes));
    }
  }

  @AfterEach
  void remove() {
    admin.resource(BUDGET).delete();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void whatALaterReleaseLeavesOutOfABudgetIsTakenOff(int changesOfOthers) {
    assertThat(executor.apply(BUDGET, false, memory)).isEmpty();
    changes = changesOfOthers;
    var later =
        new PodDisruptionBudgetBuilder(BUDGET)
            .editSpec()
            .withMaxUnavailable(null)
            .withMinAvailable(new IntOrString("100%"))
            .endSpec()
            .build();
    assertThat(executor.apply(later, true, memory)).isEmpty();
    assertThat(changes).as("changes of others that have not come").isZero();
    var found = admin.resource(BUDGET).get();
    assertThat(found.getSpec().getMaxUnavailable()).isNull();
    assertThat(found.getSpec().getMinAvailable().getStrVal()).isEqualTo("100%");
    assertThat(found.getMetadata().getManagedFields())
        .filteredOn(it -> it.getSubresource() == null && it.getManager().equals("baton-operator"))
        .extracting(ManagedFieldsEntry::getManager, ManagedFieldsEntry::getOperation)
        .containsExactly(tuple("baton-operator", "Apply"));
  }
}
