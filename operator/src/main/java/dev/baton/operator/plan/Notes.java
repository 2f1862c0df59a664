package dev.baton.operator.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.Conditions.Truth;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.resources.DrainTime;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is worth an event: each change once. */
final class Notes {

  private static final Set<String> WARNINGS =
      Set.of(
          Reason.TemplateRejected.name(),
          Reason.QuotaExceeded.name(),
          Reason.Forbidden.name(),
          Reason.NameTaken.name(),
          Reason.DeadlineExceeded.name());

  private Notes() {}

  /** Of a Deployment that is about to be applied. */
  static List<Note> scaled(
      Deployment desired, @Nullable Deployment deployment, @Nullable Applied applied) {
    int before = 0;
    if (deployment != null) {
      // What somebody else made of it in the meantime is told when it is put back.
      Deployment last = applied != null ? applied.desired() : deployment;
      before = Verdicts.count(last.getSpec().getReplicas());
    }
    int after = Verdicts.count(desired.getSpec().getReplicas());
    return before == after
        ? List.of()
        : List.of(
            Note.normal(Reason.Scaled, "Scaled from %d to %d workers".formatted(before, after)));
  }

  /** Of a status that follows another. */
  static List<Note> between(WorkerGroupStatus before, WorkerGroupStatus after) {
    List<Note> notes = new ArrayList<>();
    Condition server = Conditions.find(after.conditions(), ConditionType.ServerReachable);
    Condition knownServer = Conditions.find(before.conditions(), ConditionType.ServerReachable);
    if (server != null && !sameStatus(knownServer, server)) {
      if (Truth.False.name().equals(server.getStatus())) {
        notes.add(Note.warning(Reason.ServerUnreachable, server.getMessage()));
      } else if (Truth.True.name().equals(server.getStatus())
          && knownServer != null
          && Truth.False.name().equals(knownServer.getStatus())) {
        notes.add(Note.normal(Reason.ServerReachable, "the server answers again"));
      }
    }
    Condition progress = Conditions.find(after.conditions(), ConditionType.Progressing);
    Condition knownProgress = Conditions.find(before.conditions(), ConditionType.Progressing);
    if (progress != null
        && WARNINGS.contains(progress.getReason())
        && (knownProgress == null
            || !Objects.equals(knownProgress.getReason(), progress.getReason())
            || (!Reason.DeadlineExceeded.name().equals(progress.getReason())
                && !Objects.equals(knownProgress.getMessage(), progress.getMessage())))) {
      notes.add(Note.warning(Reason.valueOf(progress.getReason()), progress.getMessage()));
    }
    Condition stuck = Conditions.find(after.conditions(), ConditionType.Stuck);
    Condition knownStuck = Conditions.find(before.conditions(), ConditionType.Stuck);
    if (stuck != null
        && Truth.True.name().equals(stuck.getStatus())
        && (knownStuck == null || !Objects.equals(knownStuck.getMessage(), stuck.getMessage()))) {
      notes.add(Note.warning(Reason.valueOf(stuck.getReason()), stuck.getMessage()));
    }
    Condition contended = Conditions.find(after.conditions(), ConditionType.ScalingContended);
    if (contended != null
        && Conditions.find(before.conditions(), ConditionType.ScalingContended) == null) {
      notes.add(Note.warning(Reason.TwoAutoscalers, contended.getMessage()));
    }
    return notes;
  }

  /** Of a spec, when it is first acted upon, that asks for what another WorkerGroup decides. */
  static List<Note> slotsConflict(WorkerGroup group, ObservedState observed) {
    boolean isNew =
        !Objects.equals(
            observed.status().observedGeneration(), group.getMetadata().getGeneration());
    return observed.slotsDecider() == null || !isNew
        ? List.of()
        : List.of(
            Note.warning(
                Reason.SlotsConflict,
                "slots is not set at the server: WorkerGroup %s serves the same group and decides"
                    .formatted(observed.slotsDecider())));
  }

  /**
   * Of a spec, when it is first acted upon, whose pods are killed before their drain time is over.
   */
  static List<Note> graceTooShort(WorkerGroup group, ObservedState observed) {
    boolean isNew =
        !Objects.equals(
            observed.status().observedGeneration(), group.getMetadata().getGeneration());
    JsonNode grace = group.getSpec().template().at("/spec/terminationGracePeriodSeconds");
    Duration drainTime = DrainTime.of(group);
    return !isNew || !grace.isNumber() || grace.asLong() >= drainTime.toSeconds()
        ? List.of()
        : List.of(
            Note.warning(
                Reason.GraceTooShort,
                "template.spec.terminationGracePeriodSeconds is %d: pods are killed before the drainTimeout of %d s is over"
                    .formatted(grace.asLong(), drainTime.toSeconds())));
  }

  /** Of a spec, when it is first acted upon, that an older CRD let ask for more than a day. */
  static List<Note> drainTimeCut(WorkerGroup group, ObservedState observed) {
    boolean isNew =
        !Objects.equals(
            observed.status().observedGeneration(), group.getMetadata().getGeneration());
    return !isNew || !DrainTime.isCut(group)
        ? List.of()
        : List.of(
            Note.warning(
                Reason.DrainTimeCut,
                "drainTimeout is %s: workers have 24h, which is the most"
                    .formatted(group.getSpec().drainTimeout())));
  }

  private static boolean sameStatus(@Nullable Condition before, Condition after) {
    return before != null && Objects.equals(before.getStatus(), after.getStatus());
  }
}
