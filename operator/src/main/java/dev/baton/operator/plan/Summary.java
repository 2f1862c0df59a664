package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.plan.Conditions.Truth;
import dev.baton.operator.plan.Conditions.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What tools ask of every kind, from what is told of this one: {@code Ready}, {@code Reconciling}
 * and {@code Stalled}, as kstatus reads them.
 */
final class Summary {

  private static final Set<Reason> OBSTACLES =
      Set.of(
          Reason.DeadlineExceeded,
          Reason.TemplateRejected,
          Reason.QuotaExceeded,
          Reason.Forbidden,
          Reason.NameTaken,
          Reason.RolloutHeld,
          Reason.RolledBack);

  private Summary() {}

  static Map<ConditionType, Verdict> of(Verdict available, Verdict progressing) {
    boolean stalled =
        progressing.truth() == Truth.False && OBSTACLES.contains(progressing.reason());
    boolean reconciling = progressing.truth() == Truth.True;
    Verdict ready =
        stalled || reconciling
            ? new Verdict(Truth.False, progressing.reason(), progressing.message())
            : new Verdict(available.truth(), available.reason(), available.message());
    Map<ConditionType, Verdict> all = new LinkedHashMap<>();
    all.put(ConditionType.Ready, ready);
    all.put(
        ConditionType.Reconciling,
        new Verdict(truth(reconciling), progressing.reason(), progressing.message()));
    all.put(
        ConditionType.Stalled,
        new Verdict(
            truth(stalled),
            progressing.reason(),
            stalled ? progressing.message() : "it has not failed"));
    return all;
  }

  private static Truth truth(boolean is) {
    return is ? Truth.True : Truth.False;
  }
}
