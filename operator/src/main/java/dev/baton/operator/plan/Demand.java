package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The work of a group at one moment, and how many workers it takes.
 *
 * @param oldestWaitingSeconds 0 if none waits
 * @param serviceSeconds how long a task takes; null while nothing was measured
 * @param slots tasks that a worker takes at once; null means unlimited
 * @param waitingP95Seconds how long 95 of 100 of the latest tasks waited at most; null if that is
 *     not known
 */
record Demand(
    int waiting,
    int inFlight,
    double oldestWaitingSeconds,
    @Nullable Double serviceSeconds,
    @Nullable Integer slots,
    @Nullable Double waitingP95Seconds) {

  /** Where it is not known how long tasks have waited. */
  Demand(
      int waiting,
      int inFlight,
      double oldestWaitingSeconds,
      @Nullable Double serviceSeconds,
      @Nullable Integer slots) {
    this(waiting, inFlight, oldestWaitingSeconds, serviceSeconds, slots, null);
  }

  /** For a worker without limit some number must stand: it takes more, but not all. */
  private static final int SLOTS_OF_UNLIMITED = 10;

  /** A number of workers, and why. */
  record Answer(int workers, String why) {}

  /** The same, if a task takes so long. */
  Demand taking(@Nullable Double seconds) {
    return new Demand(waiting, inFlight, oldestWaitingSeconds, seconds, slots, waitingP95Seconds);
  }

  boolean isNone() {
    return waiting + inFlight == 0;
  }

  /** How many workers it takes; 0 if there is no work. Limits are not looked at. */
  Answer workers(AutoscalingSpec spec) {
    Integer target = least(spec.targetWaitingSeconds(), spec.targetWaitingP95Seconds());
    Integer perWorker = spec.tasksPerWorker();
    if (isNone()) {
      return new Answer(0, "nothing waits or is in flight");
    }
    Answer byShare = perWorker == null ? null : byShare(perWorker, "tasksPerWorker " + perWorker);
    Answer byTime = target == null ? null : byTime(target, spec.targetWaitingP95Seconds());
    if (byShare == null && byTime == null) {
      return byShare(slotsOfOne(), slotsInWords());
    }
    if (byShare == null || (byTime != null && byTime.workers() > byShare.workers())) {
      return byTime != null ? byTime : byShare(slotsOfOne(), slotsInWords());
    }
    return byShare;
  }

  private Answer byShare(int perWorker, String share) {
    return new Answer(ceil(waiting + inFlight, perWorker), tally() + ", " + share);
  }

  /**
   * Little's law: of {@code n} tasks in the system that each spend {@code target + service} in it,
   * {@code n / (target + service)} are done a second, and each slot does {@code 1 / service}. What
   * is in flight has its slots in any case: taking a busy worker away gains nothing.
   */
  private Answer byTime(int target, @Nullable Integer ofMost) {
    int all = ceil(waiting + inFlight, slotsOfOne());
    if (serviceSeconds == null) {
      return new Answer(all, "%s, %s; no task was measured yet".formatted(tally(), slotsInWords()));
    }
    if (waiting > 0 && oldestWaitingSeconds > target) {
      return new Answer(
          all,
          "%s, %s; the oldest has waited longer than %d s"
              .formatted(tally(), slotsInWords(), target));
    }
    if (waiting > 0 && ofMost != null && waitingP95Seconds != null && waitingP95Seconds > ofMost) {
      return new Answer(
          all,
          "%s, %s; of the last tasks more than 5 %% have waited longer than %d s (95 %% up to %s s)"
              .formatted(tally(), slotsInWords(), ofMost, seconds(waitingP95Seconds)));
    }
    double slotsNeeded = (waiting + inFlight) * serviceSeconds / (target + serviceSeconds);
    int byLaw = (int) Math.ceil(slotsNeeded / slotsOfOne() - 1e-9);
    return new Answer(
        Math.max(byLaw, ceil(inFlight, slotsOfOne())),
        "%s, %s, %s s each, to be begun within %d s"
            .formatted(tally(), slotsInWords(), seconds(serviceSeconds), target));
  }

  private static @Nullable Integer least(@Nullable Integer one, @Nullable Integer other) {
    if (one == null) {
      return other;
    }
    return other == null || one <= other ? one : other;
  }

  private int slotsOfOne() {
    return slots != null ? Math.max(1, slots) : SLOTS_OF_UNLIMITED;
  }

  private String slotsInWords() {
    return slots == null
        ? "unlimited slots (counted as " + SLOTS_OF_UNLIMITED + ")"
        : slots == 1 ? "1 slot a worker" : slots + " slots a worker";
  }

  private String tally() {
    return waiting + (waiting == 1 ? " waits, " : " wait, ") + inFlight + " in flight";
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, seconds < 10 ? "%.2f" : "%.0f", seconds);
  }

  private static int ceil(int tasks, int each) {
    return (tasks + each - 1) / each;
  }
}
