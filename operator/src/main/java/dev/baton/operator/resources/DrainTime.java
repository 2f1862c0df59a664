package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a worker may finish what it runs. */
public final class DrainTime {

  private static final Duration DEFAULT = Duration.ofSeconds(30);

  /** What the container gets beyond it to give back the rest and end. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private DrainTime() {}

  /** That of a WorkerGroup. */
  public static Duration of(WorkerGroup group) {
    return parse(group.getSpec().drainTimeout());
  }

  /**
   * Whether the spec asks for more than the longest, which then counts: an older CRD let it pass.
   */
  public static boolean isCut(WorkerGroup group) {
    return WrittenDuration.isCut(group.getSpec().drainTimeout());
  }

  /** The duration; the default for null, and for what the CRD would not have let pass. */
  static Duration parse(@Nullable String text) {
    return WrittenDuration.parse(text, DEFAULT);
  }

  /** The grace period of the pod: what it drains, rounded up, and the margin. */
  static long gracePeriodSeconds(Duration drainTime) {
    return drainTime.plusMillis(999).plus(MARGIN).toSeconds();
  }
}
