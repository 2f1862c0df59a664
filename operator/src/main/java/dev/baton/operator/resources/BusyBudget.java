package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The PodDisruptionBudget that keeps busy workers from being evicted: of those that are marked busy
 * none may be, of the others all.
 */
public final class BusyBudget {

  private BusyBudget() {}

  /** What to apply. */
  public static PodDisruptionBudget desired(WorkerGroup group) {
    return new PodDisruptionBudgetBuilder()
        .withNewMetadata()
        .withName(group.getMetadata().getName() + "-busy")
        .withNamespace(group.getMetadata().getNamespace())
        .withLabels(Wiring.labels(group))
        .withOwnerReferences(WorkerDeployment.ownedBy(group))
        .endMetadata()
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(0))
        .withSelector(
            new LabelSelectorBuilder()
                .withMatchLabels(
                    Map.of(
                        Wiring.WORKER_GROUP_LABEL,
                        group.getMetadata().getName(),
                        Wiring.BUSY_LABEL,
                        "true"))
                .build())
        // A worker that does not get ready has nothing to lose.
        .withUnhealthyPodEvictionPolicy("AlwaysAllow")
        .endSpec()
        .build();
  }

  /** Whether it is there as it should be. */
  public static boolean isRight(@Nullable PodDisruptionBudget found, WorkerGroup group) {
    return found != null && desired(group).getSpec().equals(found.getSpec());
  }
}
