package dev.baton.operator.rollout;

import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.RolloutSpec.Step;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many workers each side is to have now.
 *
 * @param old of the Deployment that was there from before
 * @param fresh of that beside it
 */
public record Shares(int old, int fresh) {

  private static final IntOrString QUARTER = new IntOrString("25%");

  /** What a step is to come to; as long as it is not the whole, one of the old workers stays. */
  static Shares of(Step step, int wished) {
    if (wished == 0) {
      return new Shares(0, 0);
    }
    int fresh = (int) Math.ceilDiv((long) wished * step.percent(), 100L);
    return new Shares(step.percent() == 100 ? 0 : Math.max(1, wished - fresh), fresh);
  }

  /** What a step is to come to, the last one for those beyond it. */
  static Shares of(@Nullable RolloutSpec spec, int step, int wished) {
    List<Step> steps = spec == null ? List.of() : spec.stepsOrOne();
    return steps.isEmpty()
        ? new Shares(wished, 0)
        : of(steps.get(Math.min(step, steps.size() - 1)), wished);
  }

  /**
   * One move towards that: the side that grows never makes more than the surge beyond all, the side
   * that shrinks follows as the other becomes able to work.
   */
  Shares from(Facts facts, boolean freshGrows) {
    int all = Math.max(old + fresh, 1);
    int surge = surge(facts.spec(), all);
    int unavailable = unavailable(facts.spec(), all);
    int enough = facts.wished() - unavailable;
    if (freshGrows) {
      return new Shares(
          Math.max(old, enough - facts.fresh().staying()),
          grown(fresh, facts.fresh().given(), all + surge - facts.old().pods()));
    }
    int kept = Math.max(fresh, enough - facts.old().staying());
    return new Shares(
        grown(old, facts.old().given(), all + surge - facts.fresh().pods()),
        Math.min(kept, facts.fresh().given()));
  }

  private static int grown(int goal, int given, int room) {
    return Math.min(goal, Math.max(given, room));
  }

  /** How many there may be beyond what is wished for: at least one if none may be missing. */
  static int surge(@Nullable RolloutSpec spec, int all) {
    IntOrString written = spec == null ? null : spec.maxSurge();
    int surge = number(written == null ? QUARTER : written, all, true);
    return surge == 0 && unavailable(spec, all) == 0 ? 1 : surge;
  }

  private static int unavailable(@Nullable RolloutSpec spec, int all) {
    IntOrString written = spec == null ? null : spec.maxUnavailable();
    return written == null ? 0 : number(written, all, false);
  }

  private static int number(IntOrString written, int all, boolean up) {
    Integer number = written.getIntVal();
    if (number != null) {
      return Math.max(0, number);
    }
    String text = written.getStrVal();
    long percent = text == null || !text.matches("[0-9]{1,3}%") ? 0 : percent(text);
    return (int) (up ? Math.ceilDiv(all * percent, 100L) : all * percent / 100);
  }

  private static long percent(String text) {
    return Long.parseLong(text.substring(0, text.length() - 1));
  }
}
