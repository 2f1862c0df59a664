package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.watch.Watch;
import dev.baton.sdk.internal.watch.Watches;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one execution: its function's and one for each step begun beside it. Each either
 * runs or waits for a promise. When the last one that runs is about to wait, nothing more can
 * happen here, and that thread asks the server to suspend the task until one of the awaited is
 * settled.
 *
 * <pre>
 *   running --await--> waiting --settled--> running
 *      |                  |
 *      | the last         | suspended, lease lost, closing
 *      v                  v
 *   suspend ---done---> aborted: every thread unwinds
 *      |
 *      +--redirected--> those whose promise is settled run on
 * </pre>
 */
final class Strands {

  private static final Logger LOG = LoggerFactory.getLogger(Strands.class);

  /** The pause before asking again when the server calls settled what it shows pending. */
  private static final long SETTLED_ELSEWHERE_NANOS = 50_000_000;

  /**
   * What a thread waits for.
   *
   * @param remote whether something outside of this execution settles it
   */
  record Awaited(String id, boolean remote) {}

  /** A thread that waits for the first of some promises. */
  private static final class Waiter {
    private final List<Awaited> awaited;
    private final CompletableFuture<PromiseRecord> settled = new CompletableFuture<>();

    Waiter(List<Awaited> awaited) {
      this.awaited = awaited;
    }

    boolean isRemote(String id) {
      return awaited.stream().anyMatch(it -> it.remote() && it.id().equals(id));
    }
  }

  private final Lease lease;
  private final Journal journal;
  private final Watches watches;
  private final ThreadFactory factory;
  private final Time time;
  private final Consumer<List<String>> suspended;
  private final Runnable idle;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, List<Waiter>> waiting = new LinkedHashMap<>();
  private final Map<String, RuntimeException> broken = new LinkedHashMap<>();
  private final Map<String, Watch> watched = new LinkedHashMap<>();

  /** What runs, by the promise that it is to settle. */
  private final Map<String, Thread> threads = new HashMap<>();

  private int alive;
  private int running;
  private boolean suspending;
  private @Nullable ExecutionAborted aborted;

  /**
   * @param suspended called with what is awaited when the server has taken the task back, before
   *     any thread unwinds
   * @param idle called when the last thread has ended: only then does nothing of it run any more
   */
  Strands(
      Lease lease,
      Journal journal,
      Watches watches,
      ThreadFactory factory,
      Time time,
      Consumer<List<String>> suspended,
      Runnable idle) {
    this.lease = lease;
    this.journal = journal;
    this.watches = watches;
    this.factory = factory;
    this.time = time;
    this.suspended = suspended;
    this.idle = idle;
  }

  /**
   * Starts a thread of this execution.
   *
   * @throws OutOfMemoryError if the machine gives no more threads; then nothing has begun
   */
  void begin(String name, Runnable body) {
    var thread =
        factory.newThread(() -> {
          try {
            body.run();
          } catch (ExecutionAborted e) {
            abort(e);
          } catch (Throwable e) {
            LOG.error("a thread of {} ended in disorder", lease.id(), e);
          } finally {
            leave();
          }
        });
    thread.setName("resonate-" + name);
    lock.lock();
    try {
      throwIfAborted();
      thread.start();
      alive++;
      running++;
      threads.put(name, thread);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the promise is settled.
   *
   * @param remote whether something outside of this execution settles it
   * @throws ExecutionAborted if it is not settled in this execution
   */
  PromiseRecord await(String id, boolean remote) {
    return await(List.of(new Awaited(id, remote)));
  }

  /**
   * Waits until one of the promises is settled, and gives that.
   *
   * @throws ExecutionAborted if none is settled in this execution
   */
  PromiseRecord await(List<Awaited> awaited) {
    var waiter = new Waiter(awaited);
    boolean last;
    lock.lock();
    try {
      throwIfAborted();
      for (var it : awaited) {
        var known = journal.settled(it.id());
        if (known != null) {
          return known;
        }
        if (broken.containsKey(it.id())) {
          throw broken.get(it.id());
        }
      }
      awaited.forEach(it -> waiting.computeIfAbsent(it.id(), key -> new ArrayList<>()).add(waiter));
      running--;
      last = running == 0;
      suspending |= last;
    } finally {
      lock.unlock();
    }
    if (last) {
      suspend();
    } else {
      awaited.stream().filter(Awaited::remote).forEach(it -> watch(it.id()));
    }
    try {
      return time.await(waiter.settled);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ExecutionAborted reason) {
        throw reason;
      }
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("waiting for " + awaited, e);
    } catch (InterruptedException e) {
      stopWaiting(waiter);
      throwIfAborted();
      Thread.currentThread().interrupt();
      throw new ResonateException("interrupted while waiting for " + awaited, e);
    }
  }

  private void stopWaiting(Waiter waiter) {
    lock.lock();
    try {
      if (!waiter.settled.isDone() && remove(waiter)) {
        running++;
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean remove(Waiter waiter) {
    boolean any = false;
    for (var it : waiter.awaited) {
      var waiters = waiting.get(it.id());
      if (waiters != null && waiters.remove(waiter)) {
        any = true;
        if (waiters.isEmpty()) {
          waiting.remove(it.id());
        }
      }
    }
    return any;
  }

  /** The promise is settled; whoever waits for it runs on. */
  void settled(PromiseRecord promise) {
    lock.lock();
    try {
      journal.learn(promise);
      if (!suspending) {
        wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The promise of a step could not be settled; whoever waits for it gets the failure. */
  void failed(String id, RuntimeException failure) {
    lock.lock();
    try {
      broken.put(id, failure);
      wake();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the execution: every thread unwinds at its next step, and what sleeps is interrupted. */
  void abort(ExecutionAborted reason) {
    List<Thread> toInterrupt;
    lock.lock();
    try {
      if (aborted != null) {
        return;
      }
      aborted = reason;
      waiting.values().stream()
          .flatMap(List::stream)
          .forEach(waiter -> waiter.settled.completeExceptionally(reason));
      waiting.clear();
      watched.clear();
      threads.values().remove(Thread.currentThread());
      // A suspended execution has no thread that does anything; it may unwind in peace.
      toInterrupt = reason instanceof Aborts.Suspended ? List.of() : List.copyOf(threads.values());
    } finally {
      lock.unlock();
    }
    toInterrupt.forEach(Thread::interrupt);
  }

  /** Interrupts what a thread of its own runs for that promise. */
  void interrupt(String id) {
    Thread thread;
    lock.lock();
    try {
      thread = threads.get(id);
    } finally {
      lock.unlock();
    }
    if (thread != null) {
      thread.interrupt();
    }
  }

  boolean isAborted() {
    lock.lock();
    try {
      return aborted != null;
    } finally {
      lock.unlock();
    }
  }

  void throwIfAborted() {
    lock.lock();
    try {
      if (aborted != null) {
        throw aborted;
      }
    } finally {
      lock.unlock();
    }
  }

  /** How a thread of this execution ends. */
  private void leave() {
    boolean last;
    lock.lock();
    try {
      threads.values().remove(Thread.currentThread());
      running--;
      last = running == 0 && !waiting.isEmpty() && aborted == null;
      suspending |= last;
    } finally {
      lock.unlock();
    }
    try {
      if (last) {
        suspend();
      }
    } finally {
      end();
    }
  }

  private void end() {
    boolean isLast;
    lock.lock();
    try {
      alive--;
      isLast = alive == 0;
    } finally {
      lock.unlock();
    }
    if (isLast) {
      idle.run();
    }
  }

  private void suspend() {
    try {
      while (true) {
        var awaited = awaited();
        switch (lease.suspend(awaited)) {
          case Lease.Suspension.Done() -> {
            LOG.debug("{} waits for {}", lease.id(), awaited);
            suspended.accept(awaited);
            abort(new Aborts.Suspended(lease.id()));
            return;
          }
          case Lease.Suspension.Redirected(var preload) -> {
            journal.learn(preload);
            journal.refresh(awaited);
            if (resume()) {
              return;
            }
            LockSupport.parkNanos(SETTLED_ELSEWHERE_NANOS);
          }
        }
      }
    } catch (ExecutionAborted e) {
      abort(e);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Whether somebody runs on. */
  private boolean resume() {
    lock.lock();
    try {
      wake();
      suspending = running == 0 && aborted == null;
      return !suspending;
    } finally {
      lock.unlock();
    }
  }

  /** The server refuses to suspend: all who wait are told why. */
  private void fail(RuntimeException e) {
    lock.lock();
    try {
      suspending = false;
      waiting.keySet().forEach(id -> broken.put(id, e));
      wake();
    } finally {
      lock.unlock();
    }
  }

  private List<String> awaited() {
    lock.lock();
    try {
      return waiting.entrySet().stream()
          .filter(entry -> entry.getValue().stream().anyMatch(it -> it.isRemote(entry.getKey())))
          .map(Map.Entry::getKey)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    for (String id : List.copyOf(waiting.keySet())) {
      var promise = journal.settled(id);
      var failure = broken.get(id);
      if (promise == null && failure == null) {
        continue;
      }
      for (var waiter : List.copyOf(waiting.getOrDefault(id, List.of()))) {
        remove(waiter);
        running++;
        if (promise != null) {
          waiter.settled.complete(promise);
        } else {
          waiter.settled.completeExceptionally(failure);
        }
      }
    }
  }

  /**
   * While others of this execution still run, the task is not suspended, so a message has to tell.
   */
  private void watch(String id) {
    Watch watch = watches.of(id);
    lock.lock();
    try {
      if (aborted != null || watched.putIfAbsent(id, watch) != null) {
        return;
      }
    } finally {
      lock.unlock();
    }
    watch.whenSettled(this::settled);
    try {
      watches.look(watch, () -> false);
    } catch (ResonateException e) {
      LOG.debug("{} will be known when {} suspends: {}", id, lease.id(), e.getMessage());
    }
  }
}
