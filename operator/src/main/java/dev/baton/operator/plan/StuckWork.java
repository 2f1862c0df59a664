package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.PoisonSpec;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.plan.Conditions.Truth;
import dev.baton.operator.plan.Conditions.Verdict;
import dev.baton.operator.server.GroupFigures;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What hinders the work of a group although somebody should do it. */
public final class StuckWork {

  /** Workers of a pod that runs have so long to connect. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int NAMED_MAX = 3;

  private StuckWork() {}

  /** Tasks that are to be halted now, because the spec asks for it. */
  public static List<GroupFigures.Redelivered> toHalt(WorkerGroup group, ObservedState observed) {
    PoisonSpec spec = group.getSpec().poison();
    GroupFigures figures = StatusPlan.figures(observed);
    return spec == null || figures == null || spec.action() != PoisonSpec.Action.Halt
        ? List.of()
        : poison(group, figures);
  }

  /**
   * The verdict.
   *
   * @param elsewhere how many of the pods are still of another server
   */
  static Verdict verdict(
      WorkerGroup group,
      @Nullable GroupFigures figures,
      int wished,
      DeploymentStatus pods,
      int elsewhere,
      List<Condition> before,
      Instant now) {
    if (figures == null) {
      return new Verdict(Truth.Unknown, Reason.NotAskedYet, "the server shows no figures");
    }
    List<GroupFigures.Redelivered> poison = poison(group, figures);
    if (!poison.isEmpty()) {
      return new Verdict(
          Truth.True,
          Reason.Poison,
          Verdicts.bounded(
              "%d %s been delivered %d times or more, and never finished: %s"
                  .formatted(
                      poison.size(),
                      poison.size() == 1 ? "task has" : "tasks have",
                      spec(group).maxDeliveriesOrDefault(),
                      names(poison))));
    }
    int running = Verdicts.count(pods.getReplicas());
    if (running == 0 && wished == 0 && figures.ready() > 0 && figures.connectedWorkers() == 0) {
      return new Verdict(
          Truth.False,
          Reason.ScaledToZero,
          "%d %s, and no workers are asked for"
              .formatted(figures.ready(), figures.ready() == 1 ? "task waits" : "tasks wait"));
    }
    int expected = running == 0 ? wished : running - elsewhere;
    if (expected <= 0 || figures.connectedWorkers() > 0) {
      return new Verdict(Truth.False, Reason.WorkFlows, "nothing is known to hinder work");
    }
    String what =
        running == 0
            ? "no pod exists, though %d %s asked for"
                .formatted(wished, wished == 1 ? "worker is" : "workers are")
            : expected == 1
                ? "1 pod exists, and no worker of the group is connected"
                : expected + " pods exist, and no worker of the group is connected";
    return hasWaited(before, now)
        ? new Verdict(Truth.True, Reason.NoWorkerConnected, what)
        : new Verdict(Truth.Unknown, Reason.NoWorkerYet, "no worker is connected yet");
  }

  /** When time alone makes another verdict; null if it does not. */
  static @Nullable Instant nextLook(List<Condition> conditions) {
    Condition stuck = Conditions.find(conditions, ConditionType.Stuck);
    return stuck == null || !Reason.NoWorkerYet.name().equals(stuck.getReason())
        ? null
        : Instant.parse(stuck.getLastTransitionTime()).plus(PATIENCE);
  }

  private static boolean hasWaited(List<Condition> before, Instant now) {
    Condition stuck = Conditions.find(before, ConditionType.Stuck);
    if (stuck == null) {
      return false;
    }
    return Reason.NoWorkerConnected.name().equals(stuck.getReason())
        || (Reason.NoWorkerYet.name().equals(stuck.getReason())
            && !now.isBefore(Instant.parse(stuck.getLastTransitionTime()).plus(PATIENCE)));
  }

  private static List<GroupFigures.Redelivered> poison(WorkerGroup group, GroupFigures figures) {
    int most = spec(group).maxDeliveriesOrDefault();
    return figures.redelivered().stream().filter(it -> it.failedDeliveries() >= most).toList();
  }

  private static PoisonSpec spec(WorkerGroup group) {
    PoisonSpec spec = group.getSpec().poison();
    return spec != null ? spec : PoisonSpec.DEFAULT;
  }

  private static String names(List<GroupFigures.Redelivered> tasks) {
    String named =
        tasks.stream()
            .map(GroupFigures.Redelivered::task)
            .sorted()
            .limit(NAMED_MAX)
            .collect(Collectors.joining(", "));
    return tasks.size() > NAMED_MAX ? named + " and others" : named;
  }
}
