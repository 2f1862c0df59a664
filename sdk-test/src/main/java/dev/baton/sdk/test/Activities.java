package dev.baton.sdk.test;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All threads that work for a test: functions, their steps, and what the SDK does beside them. They
 * have come to rest when each waits for something that only the passing of time, or the test, can
 * bring about.
 *
 * <p>A thread that waits in a way that is unknown here, for a latch of the test or an answer of
 * another program, counts as resting after {@link #HELD}: time must not stand still because a test
 * holds a step. One that computes does not.
 */
final class Activities {

  /** How long, in real time, a thread may wait for something unknown before time goes on. */
  static final long HELD = 200_000_000;

  /** How long, in real time, a thread may compute before something is taken to be wrong. */
  private static final long PATIENCE = 20_000_000_000L;

  private static final long FIRST_PAUSE = 10_000;
  private static final long LONGEST_PAUSE = 1_000_000;

  /** One thread. */
  private static final class Activity {
    private final @Nullable Object owner;
    private volatile @Nullable CompletableFuture<?> awaited;
    private long blockedSince = -1;

    Activity(@Nullable Object owner) {
      this.owner = owner;
    }
  }

  private final Map<Thread, Activity> byThread = new ConcurrentHashMap<>();

  /** Changes whenever a thread begins, ends, waits or goes on. */
  private final AtomicLong changes = new AtomicLong();

  /** Runs something on a thread of its own. */
  void begin(String name, Runnable action) {
    begin(name, null, action);
  }

  /** Runs something on a thread of its own, for an owner. */
  void begin(String name, @Nullable Object owner, Runnable action) {
    var thread = made(owner, Thread.ofVirtual().name(name).factory(), action);
    thread.start();
  }

  /** Threads that count, made by another factory. */
  ThreadFactory threads(Object owner, ThreadFactory factory) {
    return body -> made(owner, factory, body);
  }

  private Thread made(@Nullable Object owner, ThreadFactory factory, Runnable body) {
    var thread =
        factory.newThread(() -> {
          try {
            body.run();
          } finally {
            changes.incrementAndGet();
            byThread.remove(Thread.currentThread());
          }
        });
    byThread.put(thread, new Activity(owner));
    changes.incrementAndGet();
    return thread;
  }

  boolean isOne(Thread thread) {
    return byThread.containsKey(thread);
  }

  /** For whom a thread works; null if for nobody in particular, or if it is none of these. */
  @Nullable Object ownerOf(Thread thread) {
    var activity = byThread.get(thread);
    return activity == null ? null : activity.owner;
  }

  /** Interrupts all that works for an owner, but not this thread. */
  void interrupt(Object owner) {
    byThread.forEach((thread, activity) -> {
      if (activity.owner == owner && thread != Thread.currentThread()) {
        thread.interrupt();
      }
    });
  }

  /**
   * Waits on one of these threads for what the others, or the passing of time, bring about.
   *
   * @return false, at once, if the thread is none of these
   */
  boolean await(CompletableFuture<?> future) throws InterruptedException {
    var activity = byThread.get(Thread.currentThread());
    if (activity == null) {
      return false;
    }
    activity.awaited = future;
    changes.incrementAndGet();
    try {
      future.get();
    } catch (ExecutionException e) {
      // Whoever asked looks.
    } finally {
      activity.awaited = null;
      changes.incrementAndGet();
    }
    return true;
  }

  /**
   * Returns when all have come to rest.
   *
   * @throws DoesNotFinishError if one computes and does not come to an end
   */
  void awaitRest() {
    long pause = FIRST_PAUSE;
    long since = System.nanoTime();
    while (!isAtRest()) {
      if (System.nanoTime() - since > PATIENCE) {
        throw new DoesNotFinishError(
            "time cannot pass, because something has run for 20 s without an end:\n" + stacks());
      }
      VirtualTime.breathe(pause);
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    }
  }

  private boolean isAtRest() {
    long before = changes.get();
    for (var entry : byThread.entrySet()) {
      if (!isAtRest(entry.getKey(), entry.getValue())) {
        return false;
      }
    }
    return changes.get() == before;
  }

  private static boolean isAtRest(Thread thread, Activity activity) {
    var awaited = activity.awaited;
    if (awaited != null) {
      activity.blockedSince = -1;
      // One that has been woken up may show so only later, or only in its state.
      return !awaited.isDone()
          && !thread.isInterrupted()
          && thread.getState() == Thread.State.WAITING;
    }
    return switch (thread.getState()) {
      case NEW, TERMINATED -> true;
      case RUNNABLE -> {
        activity.blockedSince = -1;
        yield false;
      }
      case BLOCKED, WAITING, TIMED_WAITING -> {
        long now = System.nanoTime();
        if (activity.blockedSince < 0) {
          activity.blockedSince = now;
        }
        yield now - activity.blockedSince >= HELD;
      }
    };
  }

  /** Where those are that wait for nothing known. */
  String stacks() {
    var text = new StringBuilder();
    byThread.forEach((thread, activity) -> {
      if (activity.awaited == null) {
        text.append("  ").append(thread.getName()).append('\n');
        for (var frame : thread.getStackTrace()) {
          text.append("    at ").append(frame).append('\n');
        }
      }
    });
    return text.toString();
  }
}
