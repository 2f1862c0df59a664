package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is.
 *
 * @param deployment null if there is none of the name
 * @param applied what was applied last; null if nothing since the operator started
 * @param rejected what Kubernetes refused last, if it refused it
 * @param slotsDecider an older WorkerGroup of the same group that sets its slots, else null
 * @param status as it was written last
 * @param statusWrittenAt when, or long ago
 * @param workforce the pods
 * @param budget their disruption budget; null if there is none
 * @param tokenMark tells one token from the next; null if the server asks for none, or the token is
 *     not known
 * @param autoscaling what was decided last; null where the status tells it
 * @param desired makes the Deployment
 * @param upgradeTurn whether its pods may be replaced for a new release of the operator now
 * @param rollout null where none is asked for or under way
 * @param around what else scales
 */
public record ObservedState(
    @Nullable Deployment deployment,
    @Nullable Applied applied,
    @Nullable Rejected rejected,
    Sighting server,
    @Nullable String slotsDecider,
    WorkerGroupStatus status,
    Instant statusWrittenAt,
    Workforce workforce,
    @Nullable PodDisruptionBudget budget,
    @Nullable String tokenMark,
    @Nullable AutoscalingStatus autoscaling,
    DesiredDeployment desired,
    boolean upgradeTurn,
    @Nullable RolloutView rollout,
    Surroundings around) {

  /** Without a disruption budget and a token, and nothing decided since the operator started. */
  public ObservedState(
      @Nullable Deployment deployment,
      @Nullable Applied applied,
      @Nullable Rejected rejected,
      Sighting server,
      @Nullable String slotsDecider,
      WorkerGroupStatus status,
      Instant statusWrittenAt,
      Workforce workforce) {
    this(
        deployment,
        applied,
        rejected,
        server,
        slotsDecider,
        status,
        statusWrittenAt,
        workforce,
        null,
        null,
        null,
        new DesiredDeployment(),
        false,
        null,
        Surroundings.NONE);
  }

  /**
   * A Deployment as it was sent.
   *
   * @param generation of the object that came of it
   */
  public record Applied(Deployment desired, String uid, long generation) {}

  /** A Deployment that was refused, and why. */
  public record Rejected(Deployment desired, Reason reason, String message, Instant at) {

    /** Of a template. */
    public Rejected(Deployment desired, String message, Instant at) {
      this(desired, Reason.TemplateRejected, message, at);
    }
  }

  /** The same after an attempt to apply. */
  public ObservedState after(Deployment result, Applied applied) {
    return with(result, applied, null, rollout);
  }

  /** The same after a refusal. */
  public ObservedState after(Rejected rejected) {
    return with(deployment, applied, rejected, rollout);
  }

  /** The same with another view of its rollout. */
  public ObservedState with(RolloutView other) {
    return with(deployment, applied, rejected, other);
  }

  /** What autoscaling decided last, by this operator or another. */
  public @Nullable AutoscalingStatus lastDecision() {
    return autoscaling != null ? autoscaling : status.autoscaling();
  }

  private ObservedState with(
      @Nullable Deployment deployment,
      @Nullable Applied applied,
      @Nullable Rejected rejected,
      @Nullable RolloutView rollout) {
    return new ObservedState(
        deployment,
        applied,
        rejected,
        server,
        slotsDecider,
        status,
        statusWrittenAt,
        workforce,
        budget,
        tokenMark,
        autoscaling,
        desired,
        upgradeTurn,
        rollout,
        around);
  }
}
