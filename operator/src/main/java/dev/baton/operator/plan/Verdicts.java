package dev.baton.operator.plan;

import static dev.baton.operator.plan.Conditions.Truth.False;
import static dev.baton.operator.plan.Conditions.Truth.True;
import static dev.baton.operator.plan.Conditions.Truth.Unknown;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.resources.Upgrade;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** What the conditions say. */
final class Verdicts {

  /** Long enough for any message of the API server, short enough for a status. */
  private static final int MESSAGE_CHARACTERS_MAX = 1024;

  /** So long a roll may not move before fewer workers do not wait for it any more. */
  static final Duration ROLL_PATIENCE = Duration.ofMinutes(1);

  private Verdicts() {}

  static Verdict available(int wished, DeploymentStatus status) {
    int ready = count(status.getReadyReplicas());
    if (wished == 0 && ready == 0) {
      return new Verdict(True, Reason.ScaledToZero, "no workers are asked for");
    }
    String tally = ready + " of " + wished + " workers are ready";
    if (ready >= wished) {
      return new Verdict(True, Reason.WorkersReady, tally);
    }
    DeploymentCondition failure = condition(status, "ReplicaFailure", "True");
    return new Verdict(
        False,
        Reason.WorkersNotReady,
        failure == null ? tally : bounded(tally + "; " + failure.getMessage()));
  }

  /** Of a Deployment that is ours, as far as it is known and was not refused. */
  static Verdict progressing(
      int wished,
      @Nullable Deployment deployment,
      boolean applies,
      boolean paused,
      Workforce workforce,
      Instant now) {
    if (deployment == null) {
      return new Verdict(True, Reason.Scaling, "the Deployment is being made");
    }
    DeploymentStatus status = statusOf(deployment);
    long generation = deployment.getMetadata().getGeneration();
    Long answered = status.getObservedGeneration();
    if (applies || answered == null || answered < generation) {
      return new Verdict(True, Reason.Scaling, "the Deployment is being changed");
    }
    int replicas = count(status.getReplicas());
    int updated = count(status.getUpdatedReplicas());
    int ready = count(status.getReadyReplicas());
    if (replicas == wished && updated == wished && ready >= wished) {
      return new Verdict(
          False, Reason.Settled, wished + " of " + wished + " workers are as the spec says");
    }
    DeploymentCondition late = condition(status, "Progressing", "False");
    String trouble = trouble(deployment, workforce);
    String because = trouble == null ? "" : "; " + trouble;
    String fewer =
        isRolling(deployment, paused, now) && wished < count(deployment.getSpec().getReplicas())
            ? "; that " + wished + " are wished for waits until it moves no more"
            : "";
    String roll =
        "%d of %d pods run the new template, %d an older one"
            // Of the ready ones at most all of the old template are of that.
            .formatted(
                Math.max(0, ready - (replicas - updated)),
                fewer.isEmpty() ? wished : count(deployment.getSpec().getReplicas()),
                replicas - updated);
    if (late != null) {
      String what = replicas > updated ? roll : ready + " of " + wished + " workers are ready";
      return new Verdict(
          False,
          Reason.DeadlineExceeded,
          bounded(
              "no progress in time: "
                  + what
                  + (trouble == null ? "; " + late.getMessage() : because)));
    }
    if (replicas > updated) {
      if (Upgrade.of(deployment) == Upgrade.WAITS) {
        return new Verdict(
            False,
            Reason.UpgradeWaits,
            roll
                + ": another release of the operator makes pods otherwise, and waits for its turn");
      }
      return paused
          ? new Verdict(False, Reason.Paused, roll + ": the roll is paused")
          : new Verdict(True, Reason.RollingOut, bounded(roll + fewer + because));
    }
    return new Verdict(
        True, Reason.Scaling, bounded(scaling(wished, replicas, ready, workforce) + because));
  }

  private static String scaling(int wished, int replicas, int ready, Workforce workforce) {
    if (replicas == wished) {
      return ready + " of " + wished + " workers are ready";
    }
    long draining =
        workforce.pods().stream().filter(it -> it.isActive() && it.drainingSince() != null).count();
    return (replicas == 1 ? "1 worker exists, " : replicas + " workers exist, ")
        + wished
        + " asked for"
        + (replicas > wished && draining > 0
            ? ", " + draining + (draining == 1 ? " finishes its work" : " finish their work")
            : "");
  }

  /**
   * Whether pods of an older template are being replaced, so that it is open which of them go next.
   * Not if that has come to a stop.
   */
  static boolean isRolling(@Nullable Deployment deployment, boolean paused, Instant now) {
    if (deployment == null || paused) {
      return false;
    }
    DeploymentStatus status = statusOf(deployment);
    Long answered = status.getObservedGeneration();
    return condition(status, "Progressing", "False") == null
        && !standsStill(status, now)
        && (answered == null
            || answered < deployment.getMetadata().getGeneration()
            || count(status.getReplicas()) > count(status.getUpdatedReplicas()));
  }

  /** Whether nothing of a roll has moved for a while, long before its deadline is over. */
  private static boolean standsStill(DeploymentStatus status, Instant now) {
    DeploymentCondition moved = condition(status, "Progressing", "True");
    if (moved == null || moved.getLastUpdateTime() == null) {
      return false;
    }
    try {
      return !now.isBefore(Instant.parse(moved.getLastUpdateTime()).plus(ROLL_PATIENCE));
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** Why there are no more pods, or they do not get ready; null if Kubernetes knows no reason. */
  static @Nullable String trouble(@Nullable Deployment deployment, Workforce pods) {
    DeploymentCondition failure = condition(statusOf(deployment), "ReplicaFailure", "True");
    return failure != null ? failure.getMessage() : pods.trouble();
  }

  /** Why a Deployment has made no progress in time, or null. */
  static @Nullable String obstacle(Deployment deployment, Workforce pods) {
    DeploymentCondition late = condition(statusOf(deployment), "Progressing", "False");
    if (late == null) {
      return null;
    }
    String trouble = trouble(deployment, pods);
    return bounded(
        "new workers did not get ready in time: "
            + (trouble != null ? trouble : late.getMessage()));
  }

  /** Whether there are pods of an older template beside those of the new one. */
  static boolean isReplacing(Deployment deployment) {
    DeploymentStatus status = statusOf(deployment);
    return condition(status, "Progressing", "False") == null
        && count(status.getReplicas()) > count(status.getUpdatedReplicas());
  }

  static Verdict serverReachable(Sighting server) {
    return switch (server) {
      case Sighting.NotYet _ ->
          new Verdict(Unknown, Reason.NotAskedYet, "the server has not been asked yet");
      case Sighting.Seen _ -> new Verdict(True, Reason.ServerAnswers, "the server answers");
      case Sighting.Unseen(var kind, String message) ->
          switch (kind) {
            case NO_CONNECTION -> new Verdict(False, Reason.NoConnection, bounded(message));
            case UNAUTHORIZED -> new Verdict(False, Reason.Unauthorized, bounded(message));
            case TOKEN_EXPIRED ->
                new Verdict(
                    False, Reason.TokenExpired, bounded("the token has expired: " + message));
            case TOKEN_MISSING -> new Verdict(False, Reason.TokenMissing, bounded(message));
            case NOT_ALLOWED -> new Verdict(False, Reason.ServerNotAllowed, bounded(message));
            case UNEXPECTED_ANSWER -> new Verdict(False, Reason.UnexpectedAnswer, bounded(message));
            case NO_GROUPS_API ->
                new Verdict(
                    True,
                    Reason.NoGroupsApi,
                    bounded("the server answers, but tells nothing about groups: " + message));
          };
    };
  }

  static DeploymentStatus statusOf(@Nullable Deployment deployment) {
    return deployment == null || deployment.getStatus() == null
        ? new DeploymentStatus()
        : deployment.getStatus();
  }

  static int count(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  static String bounded(@Nullable String message) {
    if (message == null) {
      return "";
    }
    return message.length() <= MESSAGE_CHARACTERS_MAX
        ? message
        : message.substring(0, MESSAGE_CHARACTERS_MAX - 1) + "…";
  }

  private static @Nullable DeploymentCondition condition(
      DeploymentStatus status, String type, String truth) {
    if (status.getConditions() == null) {
      return null;
    }
    return status.getConditions().stream()
        .filter(it -> type.equals(it.getType()) && truth.equals(it.getStatus()))
        .findFirst()
        .orElse(null);
  }
}
