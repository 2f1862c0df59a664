package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.TemplatePrint;
import dev.baton.operator.resources.TokenMark;
import dev.baton.operator.resources.Upgrade;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether pods are to be replaced because another release of the operator makes them otherwise, not
 * because somebody said so: then WorkerGroups take turns.
 */
final class Upgrades {

  private Upgrades() {}

  /**
   * The step that a Deployment is at.
   *
   * @param found null if there is none
   * @param print of the template that is to be
   */
  static Upgrade step(
      WorkerGroup group, ObservedState observed, @Nullable Deployment found, String print) {
    if (found == null || group.getSpec().isPaused() || isAsked(group, observed, found)) {
      return Upgrade.NONE;
    }
    return switch (Upgrade.of(found)) {
      case NONE -> print.equals(TemplatePrint.of(found)) ? Upgrade.NONE : Upgrade.WAITS;
      case WAITS ->
          isRolled(found)
              ? Upgrade.NONE // it makes no difference to pods
              : observed.upgradeTurn() && !isHeld(group) ? Upgrade.ROLLS : Upgrade.WAITS;
      case ROLLS -> isRolled(found) ? Upgrade.NONE : Upgrade.ROLLS;
    };
  }

  /** Whether somebody wants it to stay as it is. */
  static boolean isHeld(WorkerGroup group) {
    Map<String, String> annotations = group.getMetadata().getAnnotations();
    return annotations != null && "true".equals(annotations.get(Upgrade.HOLD_ANNOTATION));
  }

  /** Whether the spec, or its token, is another than that of the pods: then they roll at once. */
  private static boolean isAsked(WorkerGroup group, ObservedState observed, Deployment found) {
    return !Objects.equals(
            observed.status().observedGeneration(), group.getMetadata().getGeneration())
        || !Objects.equals(observed.tokenMark(), TokenMark.of(found));
  }

  private static boolean isRolled(Deployment found) {
    DeploymentStatus status = Verdicts.statusOf(found);
    Long answered = status.getObservedGeneration();
    int replicas = Verdicts.count(status.getReplicas());
    return answered != null
        && answered >= found.getMetadata().getGeneration()
        && replicas == Verdicts.count(status.getUpdatedReplicas())
        && Verdicts.count(status.getReadyReplicas()) >= replicas;
  }
}
