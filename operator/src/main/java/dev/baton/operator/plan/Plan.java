package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done.
 *
 * @param apply the Deployment to apply, or null if it is as it should be
 * @param budget the disruption budget to apply, or null if it is as it should be
 * @param pods what to do with the pods, before the Deployment
 * @param slots to set at the server, or null if they are as they should be
 * @param status what is to be told
 * @param writing whether to tell it
 * @param notes events of the WorkerGroup
 * @param nextLook when to look again, if nothing happens before
 */
public record Plan(
    @Nullable Apply apply,
    @Nullable PodDisruptionBudget budget,
    Pods pods,
    @Nullable Slots slots,
    WorkerGroupStatus status,
    Writing writing,
    List<Note> notes,
    Duration nextLook) {

  /** Whether the status is written. */
  public enum Writing {
    /** It is written already, or was written a moment ago. */
    NONE,
    /** Only figures have moved: when it is this WorkerGroup's turn. */
    IN_TURN,
    /** Now. */
    AT_ONCE
  }

  /**
   * A Deployment to apply.
   *
   * @param notes events that are true once it is applied
   */
  public record Apply(Deployment desired, List<Note> notes) {}

  /**
   * Work with pods.
   *
   * @param steps in this order
   * @param notes events that tell of them
   * @param ends how the ways out end that end with it
   */
  public record Pods(List<PodStep> steps, List<Note> notes, List<DrainEnd> ends) {}

  /** How a marked worker's way out ends. */
  public enum DrainEnd {
    /** It has finished everything. */
    EMPTY,
    /** The drain time is over, and its tasks go to others. */
    TIMEOUT,
    /** It is needed again. */
    RESUMED
  }

  /**
   * A setting of the group.
   *
   * @param perWorker null means unlimited
   */
  public record Slots(@Nullable Integer perWorker) {}
}
