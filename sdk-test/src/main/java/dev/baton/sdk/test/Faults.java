package dev.baton.sdk.test;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is to go wrong with which step, and how often each has been run. */
final class Faults {

  private final VirtualTime time;
  private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
  private final Map<String, Queue<Supplier<? extends Throwable>>> failures =
      new ConcurrentHashMap<>();
  private final Map<String, Queue<CompletableFuture<@Nullable Void>>> holds =
      new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> kills = new ConcurrentHashMap<>();

  Faults(VirtualTime time) {
    this.time = time;
  }

  int runs(String name) {
    var count = runs.get(name);
    return count == null ? 0 : count.get();
  }

  void fail(String name, int times, Supplier<? extends Throwable> failure) {
    var queue = failures.computeIfAbsent(name, key -> new ArrayDeque<>());
    synchronized (queue) {
      for (int i = 0; i < times; i++) {
        queue.add(failure);
      }
    }
  }

  /** What ends the hold, once. */
  CompletableFuture<@Nullable Void> hold(String name) {
    var until = new CompletableFuture<@Nullable Void>();
    var queue = holds.computeIfAbsent(name, key -> new ArrayDeque<>());
    synchronized (queue) {
      queue.add(until);
    }
    return until;
  }

  void kill(String name) {
    kills.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
  }

  /** A step is about to run. */
  void beforeRun(String name) throws Exception {
    runs.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
    var hold = next(holds.get(name));
    if (hold != null) {
      hold(hold);
    }
    var failure = next(failures.get(name));
    if (failure != null) {
      Faults.<RuntimeException>sneak(failure.get());
    }
  }

  private void hold(CompletableFuture<@Nullable Void> until) throws InterruptedException {
    try {
      time.await(until);
    } catch (ExecutionException e) {
      throw new IllegalStateException("only ever completed", e);
    }
  }

  /** Whether the worker is to be killed now that the step has run, before its outcome is stored. */
  boolean killsAfter(String name) {
    var count = kills.get(name);
    return count != null && count.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  private static <T> @Nullable T next(@Nullable Queue<T> queue) {
    if (queue == null) {
      return null;
    }
    synchronized (queue) {
      return queue.poll();
    }
  }

  /** Steps may throw what they like. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }
}
