package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.Note;
import dev.baton.operator.plan.ObservedState;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.plan.Plan;
import dev.baton.operator.plan.RolloutView;
import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does what a plan says, with no choices left. */
final class Executor {

  /** Somebody else's is looked at again after so long. */
  private static final Duration FOREIGN_KEPT = Duration.ofMinutes(5);

  private final KubernetesClient client;
  private final Clock clock;

  Executor(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** What came of an attempt to apply: what is now, and what is to be told. */
  record Outcome(ObservedState observed, List<Note> notes) {}

  /** Applies a Deployment. A refusal is an outcome, for the status to tell; the rest is thrown. */
  Outcome apply(Plan.Apply apply, ObservedState observed, Memory memory) {
    Deployment desired = apply.desired();
    Deployment result;
    try {
      result =
          client.resource(desired).fieldManager(Wiring.OPERATOR).forceConflicts().serverSideApply();
    } catch (KubernetesClientException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      var rejected = new Rejected(desired, Refusals.of(e), reason(e), clock.instant());
      memory.rejected = rejected;
      return new Outcome(observed.after(rejected), List.of());
    }
    var applied =
        new Applied(desired, result.getMetadata().getUid(), result.getMetadata().getGeneration());
    memory.rememberApply(applied, result, clock.instant());
    List<Note> notes = new ArrayList<>(apply.notes());
    if (restored(desired, observed, result)) {
      if (isScaled(observed.deployment(), desired)) {
        memory.contention = memory.contention.withDeployment(clock.instant());
      }
      notes.add(
          Note.normal(
              Reason.DeploymentRestored,
              "Deployment %s had been changed or removed: put back"
                  .formatted(desired.getMetadata().getName())));
    }
    return new Outcome(observed.after(result, applied), notes);
  }

  /** Applies the Deployment that a rollout has beside the first one. */
  ObservedState applyNext(
      Plan.Apply apply, RolloutView view, ObservedState observed, RolloutMemory memory) {
    Deployment desired = apply.desired();
    try {
      Deployment result =
          client.resource(desired).fieldManager(Wiring.OPERATOR).forceConflicts().serverSideApply();
      var applied =
          new Applied(desired, result.getMetadata().getUid(), result.getMetadata().getGeneration());
      memory.rememberApply(applied, result, clock.instant());
      return observed.with(view.after(result, applied));
    } catch (KubernetesClientException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      var rejected = new Rejected(desired, Refusals.of(e), reason(e), clock.instant());
      memory.rejected = rejected;
      return observed.with(view.after(rejected));
    }
  }

  /**
   * Deletes the Deployment that a rollout had beside the first one, unless somebody has changed it
   * meanwhile. Where the operator may not, an older release's rights being in use, it stays.
   */
  void retire(Deployment empty, RolloutMemory memory) {
    if (clock.instant().isBefore(memory.retiredAgainAt)) {
      return;
    }
    try {
      client.resource(empty).lockResourceVersion(empty.getMetadata().getResourceVersion()).delete();
    } catch (KubernetesClientException e) {
      switch (e.getCode()) {
        case 404, 409 -> {} // gone, or looked at again when the change is seen
        case 403 -> memory.retiredAgainAt = clock.instant().plus(FOREIGN_KEPT);
        default -> throw e;
      }
    }
  }

  /**
   * Applies the disruption budget, unless one of that name belongs to somebody else.
   *
   * @param isOurs whether it is known to be ours
   */
  List<Note> apply(PodDisruptionBudget budget, boolean isOurs, Memory memory) {
    if (!isOurs) {
      if (clock.instant().isBefore(memory.budgetForeignUntil)) {
        return List.of();
      }
      PodDisruptionBudget found = create(budget, memory);
      if (found == null) {
        return List.of();
      }
      if (!isOwnedAs(found, budget)) {
        memory.budgetForeignUntil = clock.instant().plus(FOREIGN_KEPT);
        return List.of(
            Note.warning(
                Reason.BudgetNotOurs,
                "PodDisruptionBudget %s exists and is not of this WorkerGroup: busy pods are not kept from eviction"
                    .formatted(budget.getMetadata().getName())));
      }
    }
    CreatedFields.ownByApply(client, budget);
    client.resource(budget).fieldManager(Wiring.OPERATOR).forceConflicts().serverSideApply();
    return List.of();
  }

  /**
   * Makes it, most of the time in one request; an apply might change one that is somebody else's.
   *
   * @return the one that has the name already, or null if there was none
   */
  private @Nullable PodDisruptionBudget create(PodDisruptionBudget budget, Memory memory) {
    try {
      memory.rememberBudget(CreatedFields.create(client, budget), clock.instant());
      return null;
    } catch (KubernetesClientException e) {
      PodDisruptionBudget found = e.getCode() == 409 ? client.resource(budget).get() : null;
      if (found == null) {
        throw e; // also where it has gone meanwhile: the next look makes it
      }
      return found;
    }
  }

  private static boolean isOwnedAs(PodDisruptionBudget found, PodDisruptionBudget ours) {
    String uid = ours.getMetadata().getOwnerReferences().getFirst().getUid();
    return found.getMetadata().getOwnerReferences().stream()
        .anyMatch(it -> it.getUid().equals(uid));
  }

  /** Writes the status, in whole. */
  void writeStatus(WorkerGroup group, WorkerGroupStatus status, Memory memory) {
    WorkerGroup patch = new WorkerGroup();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(group.getMetadata().getName())
            .withNamespace(group.getMetadata().getNamespace())
            .build());
    patch.setStatus(status);
    WorkerGroup result =
        client
            .resource(patch)
            .subresource("status")
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager(Wiring.OPERATOR)
                    .withForce(true)
                    .build());
    memory.rememberStatus(group, result, status, clock.instant());
  }

  private static boolean isScaled(@Nullable Deployment found, Deployment desired) {
    return found != null && !desired.getSpec().getReplicas().equals(found.getSpec().getReplicas());
  }

  /** Whether the same had been applied before, and yet this changed something. */
  private static boolean restored(Deployment desired, ObservedState before, Deployment result) {
    Deployment found = before.deployment();
    return before.applied() != null
        && before.applied().desired().equals(desired)
        && (found == null
            || found.getMetadata().getGeneration() < result.getMetadata().getGeneration());
  }

  /** Whether asking again would be refused again. */
  private static boolean isRefusal(KubernetesClientException e) {
    return switch (e.getCode()) {
      case 400, 403, 413, 415, 422 -> !Refusals.isOfEndingNamespace(e);
      case 500 -> reason(e).contains("typed patch"); // a field that Kubernetes does not know
      default -> false;
    };
  }

  private static String reason(KubernetesClientException e) {
    String told = e.getStatus() == null ? null : e.getStatus().getMessage();
    return told != null ? told : String.valueOf(e.getMessage());
  }
}
