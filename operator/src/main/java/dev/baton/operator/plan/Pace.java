package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec.PaceSpec;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far and how often the number of workers may change. */
final class Pace {

  private static final int PERIOD_SECONDS = 15;

  private Pace() {}

  /**
   * How many there are to be now, on the way to what is wanted.
   *
   * @param pace null for no limit
   * @param last when the number was last changed, or null
   */
  static int towards(
      @Nullable PaceSpec pace, int current, int wanted, @Nullable Instant last, Instant now) {
    if (pace == null || wanted == current) {
      return wanted;
    }
    if (last != null && now.isBefore(last.plus(period(pace)))) {
      return current;
    }
    int step = step(pace, current);
    return wanted > current ? Math.min(wanted, current + step) : Math.max(wanted, current - step);
  }

  /** When the next step may be, if one was just done; null where there is no pace. */
  static @Nullable Instant next(@Nullable PaceSpec pace, @Nullable Instant last) {
    return pace == null || last == null ? null : last.plus(period(pace));
  }

  /** The larger of the two, and at least one. */
  private static int step(PaceSpec pace, int current) {
    int workers = pace.workers() == null ? 0 : pace.workers();
    int percent = pace.percent() == null ? 0 : pace.percent();
    return (int) Math.max(1, Math.max(workers, Math.ceilDiv((long) current * percent, 100L)));
  }

  private static Duration period(PaceSpec pace) {
    return Duration.ofSeconds(pace.periodSeconds() == null ? PERIOD_SECONDS : pace.periodSeconds());
  }
}
