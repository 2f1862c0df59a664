package dev.baton.server.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the event loops stood still, with the process, the machine or the disk: what was
 * sent to the server then has not been read, and it is to be thought of nobody that he was silent.
 * Thread-safe.
 */
public final class LoopWatch {

  /** How often a loop is to show that it goes round, in milliseconds. */
  public static final long BEAT_MS = 250;

  /** A loop that does not show it for so long stands still. */
  private static final long STILL_NANOS = TimeUnit.MILLISECONDS.toNanos(3 * BEAT_MS);

  private record Gap(long from, long to) {}

  private final LongSupplier nanoTime;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private volatile boolean hasGaps;
  private long takenUntil = Long.MIN_VALUE;

  /**
   * @param nanoTime a clock that nobody sets
   */
  public LoopWatch(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** An event loop that is watched from now on. */
  public Loop watch() {
    Loop loop = new Loop();
    loops.add(loop);
    return loop;
  }

  /** An event loop. */
  public final class Loop {

    private volatile long beatAt = nanoTime.getAsLong();

    /** It goes round. */
    public void beat() {
      long now = nanoTime.getAsLong();
      if (now - beatAt > STILL_NANOS) {
        note(new Gap(beatAt, now));
      }
      beatAt = now;
    }
  }

  private synchronized void note(Gap gap) {
    gaps.add(gap);
    hasGaps = true;
  }

  /**
   * A time in which a loop, or several, stood still.
   *
   * @param ms how long
   * @param agoMs how long it has been over
   */
  record Pause(long ms, long agoMs) {}

  /** What no earlier call has told of, as one pause; null if there is nothing. */
  @Nullable Pause takePause() {
    long now = nanoTime.getAsLong();
    long stillSince = now;
    for (Loop loop : loops) {
      long beatAt = loop.beatAt;
      stillSince = now - beatAt > STILL_NANOS ? Math.min(stillSince, beatAt) : stillSince;
    }
    return stillSince == now && !hasGaps ? null : takePause(stillSince, now);
  }

  private synchronized @Nullable Pause takePause(long stillSince, long now) {
    if (stillSince < now) {
      gaps.add(new Gap(stillSince, now));
    }
    gaps.sort(Comparator.comparingLong(Gap::from));
    long nanos = 0;
    for (Gap gap : gaps) {
      long from = Math.max(gap.from(), takenUntil);
      if (gap.to() > from) {
        nanos += gap.to() - from;
        takenUntil = gap.to();
      }
    }
    gaps.clear();
    hasGaps = false;
    return nanos == 0
        ? null
        : new Pause(
            TimeUnit.NANOSECONDS.toMillis(nanos), TimeUnit.NANOSECONDS.toMillis(now - takenUntil));
  }
}
