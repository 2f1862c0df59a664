package dev.baton.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * One figure of the table.
 *
 * @param measure the measure's name
 * @param figure what was measured, such as {@code p99}
 * @param unit of the figure, the ceiling and the goal; empty for a count or a ratio
 * @param ceiling the best that this machine allows, found in the same run; null if there is none
 * @param ceilingMeaning what that is; empty if there is none
 * @param goal null if none is set: the figure is shown for comparison
 */
public record Row(
    String measure,
    String figure,
    String unit,
    Summary value,
    @Nullable Summary ceiling,
    String ceilingMeaning,
    @Nullable Goal goal) {

  /** A row without ceiling and goal. */
  public static Row of(String measure, String figure, String unit, Summary value) {
    return new Row(measure, figure, unit, value, null, "", null);
  }

  /** The same with a goal. */
  public Row reaching(Goal wanted) {
    return new Row(measure, figure, unit, value, ceiling, ceilingMeaning, wanted);
  }

  /** The same with a ceiling. */
  public Row under(Summary best, String meaning) {
    return new Row(measure, figure, unit, value, best, meaning, goal);
  }

  /** Whether the goal is reached; null without a goal or without a figure. */
  public @Nullable Boolean isReached() {
    return goal == null || value.isMissing() ? null : goal.isReachedBy(value.figure());
  }

  /** How much of the ceiling is reached, 1 for all of it; NaN without a ceiling. */
  public double share() {
    if (ceiling == null) {
      return Double.NaN;
    }
    return goal instanceof Goal.AtLeast
        ? value.figure() / ceiling.figure()
        : ceiling.figure() / value.figure();
  }
}
