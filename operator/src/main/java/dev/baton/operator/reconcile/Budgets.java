package dev.baton.operator.reconcile;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How much the API server is written to for what is not urgent, over all WorkerGroups.
 *
 * @param statusWritesPerSecond statuses in which only figures have moved
 * @param marksPerSecond pods that are not busy any more
 * @param busyMarksPerSecond pods that are busy for the first time in a while, and budgets that are
 *     made for them; ten seconds' worth at once, so that it counts in large fleets only
 * @param upgradesAtOnce WorkerGroups whose pods are replaced for a new release of the operator; 0
 *     holds it
 * @param upgradePause for so long the place of one that has been replaced stays empty
 */
public record Budgets(
    int statusWritesPerSecond,
    int marksPerSecond,
    int busyMarksPerSecond,
    int upgradesAtOnce,
    Duration upgradePause) {

  private static final int BUSY_SAVED_SECONDS = 10;

  /** Little beside what a cluster of such a size does anyway. */
  public static final Budgets DEFAULT = new Budgets(5, 5, 8, 10, Duration.ofSeconds(10));

  /** The first three are 1 or more, the others 0 or more. */
  public Budgets {
    if (statusWritesPerSecond < 1 || marksPerSecond < 1 || busyMarksPerSecond < 1) {
      throw new IllegalArgumentException(
          "baton.status-writes-per-second is %d, baton.marks-per-second %d and baton.busy-marks-per-second %d: each must be 1 or more"
              .formatted(statusWritesPerSecond, marksPerSecond, busyMarksPerSecond));
    }
    if (upgradesAtOnce < 0 || upgradePause.isNegative()) {
      throw new IllegalArgumentException(
          "baton.upgrade-groups-at-once is %d and baton.upgrade-pause %s: each must be 0 or more"
              .formatted(upgradesAtOnce, upgradePause));
    }
  }

  Turns<ResourceID> statuses(Clock clock, Consumer<ResourceID> wake) {
    return new Turns<>(statusWritesPerSecond, clock, wake);
  }

  Turns<ResourceID> marks(Clock clock, Consumer<ResourceID> wake) {
    return new Turns<>(marksPerSecond, clock, wake);
  }

  Turns<ResourceID> busyMarks(Clock clock, Consumer<ResourceID> wake) {
    return new Turns<>(busyMarksPerSecond, busyMarksPerSecond * BUSY_SAVED_SECONDS, clock, wake);
  }

  Waves<ResourceID> upgrades(Clock clock, Consumer<ResourceID> wake) {
    return new Waves<>(upgradesAtOnce, upgradePause, clock, wake);
  }
}
