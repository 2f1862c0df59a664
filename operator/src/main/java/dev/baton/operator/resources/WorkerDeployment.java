package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import org.jspecify.annotations.Nullable;

/** The Deployment that runs the workers. */
public final class WorkerDeployment {

  private WorkerDeployment() {}

  /**
   * What to apply: the fields that are ours and no others. A roll starts new workers before it
   * stops old ones, so the group never has less room than was asked for.
   */
  public static Deployment desired(WorkerGroup group, PodTemplateSpec template, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(group.getMetadata().getName())
        .withNamespace(group.getMetadata().getNamespace())
        .withLabels(Wiring.labels(group))
        .withOwnerReferences(ownedBy(group))
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withPaused(group.getSpec().isPaused())
        .withProgressDeadlineSeconds(group.getSpec().progressDeadlineSeconds())
        .withRevisionHistoryLimit(3)
        .withNewSelector()
        .withMatchLabels(Wiring.selector(group))
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withNewMaxUnavailable(0)
        .withNewMaxSurge("25%")
        .endRollingUpdate()
        .endStrategy()
        .withTemplate(WorkerPodTemplate.of(group, template))
        .endSpec()
        .build();
  }

  /** Who owns a Deployment if not this WorkerGroup, else null. */
  public static @Nullable String takenBy(Deployment deployment, WorkerGroup group) {
    return deployment.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> owner.getUid().equals(group.getMetadata().getUid()))
        ? null
        : deployment.getMetadata().getOwnerReferences().stream()
            .filter(owner -> Boolean.TRUE.equals(owner.getController()))
            .findFirst()
            .map(owner -> owner.getKind() + " " + owner.getName())
            .orElse("nobody that is known");
  }

  static OwnerReference ownedBy(WorkerGroup group) {
    return new OwnerReferenceBuilder()
        .withApiVersion(group.getApiVersion())
        .withKind(group.getKind())
        .withName(group.getMetadata().getName())
        .withUid(group.getMetadata().getUid())
        .withController(true)
        .build();
  }
}
