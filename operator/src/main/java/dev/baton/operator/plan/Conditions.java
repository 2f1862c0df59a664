package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions as the API conventions want them. */
final class Conditions {

  /** A verdict: whether, why, and in words. */
  record Verdict(Truth truth, Reason reason, String message) {}

  enum Truth {
    True,
    False,
    Unknown
  }

  private Conditions() {}

  /**
   * The verdict as a condition; the time of the last change is kept while the truth is, and while
   * it is unknown for the same reason.
   */
  static Condition of(
      ConditionType type,
      Verdict verdict,
      @Nullable Long generation,
      List<Condition> previous,
      Instant now) {
    Condition before = find(previous, type);
    String since =
        before != null && isSame(verdict, before)
            ? before.getLastTransitionTime()
            : now.truncatedTo(ChronoUnit.SECONDS).toString();
    return new ConditionBuilder()
        .withType(type.name())
        .withStatus(verdict.truth().name())
        .withReason(verdict.reason().name())
        .withMessage(verdict.message())
        .withObservedGeneration(generation)
        .withLastTransitionTime(since)
        .build();
  }

  private static boolean isSame(Verdict verdict, Condition before) {
    return verdict.truth().name().equals(before.getStatus())
        && (verdict.truth() != Truth.Unknown || verdict.reason().name().equals(before.getReason()));
  }

  static @Nullable Condition find(List<Condition> conditions, ConditionType type) {
    for (Condition condition : conditions) {
      if (type.name().equals(condition.getType())) {
        return condition;
      }
    }
    return null;
  }

  static boolean is(List<Condition> conditions, ConditionType type, Truth truth) {
    Condition condition = find(conditions, type);
    return condition != null && truth.name().equals(condition.getStatus());
  }
}
