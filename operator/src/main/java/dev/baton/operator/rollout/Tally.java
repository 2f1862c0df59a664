package dev.baton.operator.rollout;

import dev.baton.operator.api.v1alpha1.RolloutSpec.FailureMargin;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the tasks of some workers have ended.
 *
 * @param ended how many, well or not
 * @param failed how many of those with an error
 */
public record Tally(long ended, long failed) {

  /** None has. */
  public static final Tally NONE = new Tally(0, 0);

  /** With those of another worker. */
  public Tally plus(Tally other) {
    return new Tally(ended + other.ended, failed + other.failed);
  }

  /**
   * Why these workers are worse than others, or null if they are not. Errors are part of many a
   * function: what counts is that new workers make far more of them than old ones do at the same
   * time, by the margin.
   */
  @Nullable String worseThan(Tally old, FailureMargin margin) {
    double ratio = ratio();
    boolean isWorse =
        failed >= margin.callsOrDefault()
            && ratio >= margin.timesOrDefault() * old.ratio()
            && ratio >= old.ratio() + margin.percentagePointsOrDefault() / 100.0;
    return isWorse
        ? "new workers failed %d of %d calls (%s), old ones %d of %d (%s)"
            .formatted(failed, ended, percent(ratio), old.failed, old.ended, percent(old.ratio()))
        : null;
  }

  private double ratio() {
    return ended == 0 ? 0 : (double) failed / ended;
  }

  private static String percent(double ratio) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * ratio);
  }
}
