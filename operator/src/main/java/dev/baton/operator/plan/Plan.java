package dev.baton.operator.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Upgrade;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done.
 *
 * @param decision how many workers are wished for
 * @param apply the Deployment to apply, or null if it is as it should be
 * @param next the Deployment to apply that a rollout has beside it, or null
 * @param retired the Deployment beside it that is empty and of no use any more, or null
 * @param gate the call to make, or to ask after, or null
 * @param budget the disruption budget to apply, or null if it is as it should be
 * @param pods what to do with the pods, before the Deployment
 * @param slots to set at the server, or null if they are as they should be
 * @param status what is to be told
 * @param writing whether to tell it
 * @param notes events of the WorkerGroup
 * @param upgrade whether its pods wait for their turn to be replaced, or have it
 * @param quiet with what tasks can be followed that begin and end; null where it takes looks
 * @param nextLook when to look again, if nothing happens before
 */
public record Plan(
    Decision decision,
    @Nullable Apply apply,
    @Nullable Apply next,
    @Nullable Deployment retired,
    @Nullable Gate gate,
    @Nullable PodDisruptionBudget budget,
    Pods pods,
    @Nullable Slots slots,
    WorkerGroupStatus status,
    Writing writing,
    List<Note> notes,
    Upgrade upgrade,
    @Nullable Quiet quiet,
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
   * The call of a rollout's gate.
   *
   * @param id the same for whoever asks again
   * @param pid the worker that gets it, and nobody else
   * @param timeoutAt when it has failed; what was said the first time counts
   */
  public record Gate(
      String id, String pid, String function, List<JsonNode> args, Instant timeoutAt) {}

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
