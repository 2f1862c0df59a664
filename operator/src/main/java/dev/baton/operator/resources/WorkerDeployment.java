package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Deployment that runs the workers. */
public final class WorkerDeployment {

  private WorkerDeployment() {}

  /**
   * What to apply: the fields that are ours and no others. A roll starts new workers before it
   * stops old ones, so the group never has less room than was asked for.
   */
  public static Deployment desired(WorkerGroup group, PodTemplateSpec template, int replicas) {
    return desired(
        group, WorkerPodTemplate.of(group, template), replicas, Upgrade.NONE, Track.PLAIN);
  }

  /** The same of a template that has everything, and as far as an upgrade or a rollout is. */
  static Deployment desired(
      WorkerGroup group, PodTemplateSpec complete, int replicas, Upgrade upgrade, Track track) {
    RolloutSpec rollout = group.getSpec().rollout();
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(track.nameOf(group))
        .withNamespace(group.getMetadata().getNamespace())
        .withLabels(Wiring.labels(group))
        .withAnnotations(annotations(complete, upgrade, track))
        .withOwnerReferences(ownedBy(group))
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withPaused(group.getSpec().isPaused() || upgrade == Upgrade.WAITS)
        .withProgressDeadlineSeconds(group.getSpec().progressDeadlineSeconds())
        .withRevisionHistoryLimit(3)
        .withMinReadySeconds(rollout == null ? null : rollout.minReadySeconds())
        .withNewSelector()
        .withMatchLabels(track.selector(group))
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxUnavailable(
            rollout == null || rollout.maxUnavailable() == null
                ? new IntOrString(0)
                : rollout.maxUnavailable())
        .withMaxSurge(
            rollout == null || rollout.maxSurge() == null
                ? new IntOrString("25%")
                : rollout.maxSurge())
        .endRollingUpdate()
        .endStrategy()
        .withTemplate(complete)
        .endSpec()
        .build();
  }

  private static Map<String, String> annotations(
      PodTemplateSpec complete, Upgrade upgrade, Track track) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(TemplatePrint.ANNOTATION, TemplatePrint.of(complete));
    if (upgrade.written() != null) {
      annotations.put(Upgrade.ANNOTATION, upgrade.written());
    }
    if (track.revision() != null) {
      annotations.put(Wiring.REVISION, track.revision());
    }
    return annotations;
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

  /** The reference to it in what it owns. */
  public static OwnerReference ownedBy(WorkerGroup group) {
    return new OwnerReferenceBuilder()
        .withApiVersion(group.getApiVersion())
        .withKind(group.getKind())
        .withName(group.getMetadata().getName())
        .withUid(group.getMetadata().getUid())
        .withController(true)
        .build();
  }
}
