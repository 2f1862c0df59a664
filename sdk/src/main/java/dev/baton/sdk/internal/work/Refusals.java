package dev.baton.sdk.internal.work;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;

/**
 * Tasks that this process has passed on, because it lacks their function or has other steps than
 * theirs. Our server keeps such a task from coming straight back; with others it would go round at
 * the speed of the network, so one that comes back is held for a growing moment. It takes no slot
 * meanwhile.
 */
public final class Refusals {

  /** What is to be done with a task that is refused once more. */
  record Verdict(Duration hold, boolean isNews) {}

  private static final long FIRST_GAP_NANOS = Duration.ofMillis(5).toNanos();
  private static final long LONGEST_GAP_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long FORGOTTEN_AFTER_NANOS = Duration.ofMinutes(2).toNanos();
  private static final long SAY_AGAIN_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MAX_DOUBLINGS = 20;
  private static final int MOST = 1_000;

  private static final class Refusal {
    private int count;
    private long givenBackAt;
    private long saidAt;
  }

  private final LongSupplier nanoTime;
  private final LinkedHashMap<String, Refusal> byTask = new LinkedHashMap<>();

  public Refusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  synchronized Verdict refused(String task) {
    long now = nanoTime.getAsLong();
    var refusal = byTask.remove(task);
    boolean isNew = refusal == null || now - refusal.givenBackAt > FORGOTTEN_AFTER_NANOS;
    if (refusal == null || isNew) {
      refusal = new Refusal();
      refusal.saidAt = now;
      refusal.givenBackAt = now;
    }
    long gap =
        isNew
            ? 0
            : Math.min(
                LONGEST_GAP_NANOS, FIRST_GAP_NANOS << Math.min(refusal.count, MAX_DOUBLINGS));
    long hold = Math.max(0, refusal.givenBackAt + gap - now);
    boolean isNews = isNew || now - refusal.saidAt > SAY_AGAIN_NANOS;
    refusal.saidAt = isNews ? now : refusal.saidAt;
    refusal.count++;
    refusal.givenBackAt = now + hold;
    byTask.putLast(task, refusal);
    if (byTask.size() > MOST) {
      byTask.pollFirstEntry();
    }
    return new Verdict(Duration.ofNanos(hold), isNews);
  }

  synchronized void forget(String task) {
    byTask.remove(task);
  }
}
