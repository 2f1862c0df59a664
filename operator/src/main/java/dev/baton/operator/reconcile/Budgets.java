package dev.baton.operator.reconcile;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * How much the API server is written to for what is not urgent, over all WorkerGroups.
 *
 * @param statusWritesPerSecond statuses in which only figures have moved
 * @param marksPerSecond pods that are not busy any more
 */
public record Budgets(int statusWritesPerSecond, int marksPerSecond) {

  /** Little beside what a cluster of such a size does anyway. */
  public static final Budgets DEFAULT = new Budgets(5, 5);

  /** Both are 1 or more. */
  public Budgets {
    if (statusWritesPerSecond < 1 || marksPerSecond < 1) {
      throw new IllegalArgumentException(
          "baton.status-writes-per-second is %d and baton.marks-per-second %d: each must be 1 or more"
              .formatted(statusWritesPerSecond, marksPerSecond));
    }
  }

  Turns<ResourceID> statuses(Clock clock, Consumer<ResourceID> wake) {
    return new Turns<>(statusWritesPerSecond, clock, wake);
  }

  Turns<ResourceID> marks(Clock clock, Consumer<ResourceID> wake) {
    return new Turns<>(marksPerSecond, clock, wake);
  }
}
