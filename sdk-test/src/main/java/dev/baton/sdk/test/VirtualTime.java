package dev.baton.sdk.test;

import dev.baton.sdk.internal.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands until a test lets it pass. It jumps from one instant at which something is due
 * to the next, and only while nothing runs: all that works for the test does so on {@link
 * Activities}. A thread of the test that waits for a result lets time pass itself, until the result
 * is there.
 */
final class VirtualTime implements Time {

  /** What has instants of its own at which something is due. */
  interface Source {
    /** The next of them, nanoseconds of this time; {@link Long#MAX_VALUE} for none. */
    long nextAt(long now);

    /** Does what is due now. */
    void fire(long now);
  }

  /** How far time may pass by itself, for who waits. */
  interface Horizon {
    /** Whether that instant, in nanoseconds of this time, lies before it. */
    boolean isAfter(long instant);
  }

  static final long NEVER = Long.MAX_VALUE;

  private record Timer(long at, long number, Runnable action) {}

  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

  private final Instant start;
  private final Activities activities = new Activities();
  private final List<Source> sources = new ArrayList<>();
  private final ReentrantLock driving = new ReentrantLock();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
  private long timersMade;
  private volatile long now;
  private volatile Horizon horizon = instant -> true;
  private volatile Supplier<String> report = () -> "";

  VirtualTime(Instant start) {
    this.start = start;
  }

  Activities activities() {
    return activities;
  }

  /** Something else whose instants count; before the first moment. */
  void add(Source source) {
    synchronized (sources) {
      sources.add(source);
    }
  }

  void remove(Source source) {
    synchronized (sources) {
      sources.remove(source);
    }
  }

  /**
   * Says how far time may pass for who waits without a limit, and what to tell when that is not far
   * enough.
   */
  void boundedBy(Horizon horizon, Supplier<String> report) {
    this.horizon = horizon;
    this.report = report;
  }

  @Override
  public Instant instant() {
    return at(now);
  }

  @Override
  public long millis() {
    return start.toEpochMilli() + TimeUnit.NANOSECONDS.toMillis(now);
  }

  @Override
  public long nanoTime() {
    return now;
  }

  /** An instant of the server's as this time has it. */
  long atMillis(long epochMillis) {
    long millis = epochMillis - start.toEpochMilli();
    return epochMillis == Long.MAX_VALUE || millis > NEVER / 1_000_000
        ? NEVER
        : TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** The instant that this time has as that many nanoseconds. */
  Instant at(long nanos) {
    return start.plusNanos(nanos);
  }

  /** How much has passed since the start. */
  Duration passed() {
    return Duration.ofNanos(now);
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    pause(new CompletableFuture<>(), duration);
  }

  private void pause(CompletableFuture<@Nullable Void> over, Duration duration)
      throws InterruptedException {
    if (!duration.isPositive()) {
      return;
    }
    var timer = at(after(duration), () -> over.complete(null));
    try {
      await(over);
    } catch (ExecutionException e) {
      throw new IllegalStateException("only ever completed", e);
    } finally {
      cancel(timer);
    }
  }

  @Override
  public void after(Duration delay, Runnable action) {
    if (delay.isPositive()) {
      at(after(delay), () -> activities.begin("resonate-timer", action));
    } else {
      activities.begin("resonate-timer", action);
    }
  }

  private long after(Duration delay) {
    long nanos = TimeUnit.NANOSECONDS.convert(delay);
    return nanos > NEVER - now ? NEVER : now + nanos;
  }

  private Timer at(long instant, Runnable action) {
    synchronized (timers) {
      var timer = new Timer(instant, timersMade++, action);
      if (instant != NEVER) {
        timers.add(timer);
      }
      return timer;
    }
  }

  private void cancel(Timer timer) {
    synchronized (timers) {
      timers.remove(timer);
    }
  }

  @Override
  public Pauses pauses() {
    Set<CompletableFuture<@Nullable Void>> pausing = ConcurrentHashMap.newKeySet();
    return new Pauses() {
      @Override
      public void await(Duration limit) throws InterruptedException {
        var over = new CompletableFuture<@Nullable Void>();
        pausing.add(over);
        try {
          pause(over, limit);
        } finally {
          pausing.remove(over);
        }
      }

      @Override
      public void end() {
        pausing.forEach(over -> over.complete(null));
      }
    };
  }

  @Override
  public <T extends @Nullable Object> T await(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException {
    if (activities.await(future)) {
      return future.get();
    }
    drive(future, NEVER);
    return future.get();
  }

  @Override
  public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (activities.isOne(Thread.currentThread())) {
      var over = new CompletableFuture<@Nullable Void>();
      var timer = at(after(limit), () -> over.complete(null));
      try {
        activities.await(CompletableFuture.anyOf(future, over));
      } finally {
        cancel(timer);
      }
    } else {
      drive(future, after(limit));
    }
    if (future.isDone()) {
      return future.get();
    }
    throw new TimeoutException("not within " + limit);
  }

  /** Lets time pass, and returns when all that it has set off has come to rest. */
  void pass(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration " + duration + " is negative");
    }
    checkNotWithin("pass");
    driving.lock();
    try {
      long until = after(duration);
      activities.awaitRest();
      for (long next = nextAt(); next <= until; next = nextAt()) {
        jump(next);
      }
      now = Math.max(now, until);
      activities.awaitRest();
    } finally {
      driving.unlock();
    }
  }

  /** Lets no time pass, and returns when everything has come to rest. */
  void rest() {
    checkNotWithin("rest");
    driving.lock();
    try {
      activities.awaitRest();
      while (nextAt() <= now) {
        jump(now);
      }
    } finally {
      driving.unlock();
    }
  }

  private void checkNotWithin(String what) {
    if (activities.isOne(Thread.currentThread())) {
      throw new IllegalStateException(
          what + " is for the test, not for the functions and steps that it tests");
    }
  }

  /** Lets time pass until a future is done, but not beyond an instant. */
  private void drive(CompletableFuture<?> future, long limit) throws InterruptedException {
    while (!future.isDone()) {
      if (!driving.tryLock(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        continue; // Another thread of the test lets time pass.
      }
      try {
        activities.awaitRest();
        if (future.isDone()) {
          return;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long next = nextAt();
        if (limit != NEVER && next > limit) {
          now = Math.max(now, limit);
          return;
        }
        if (next == NEVER || (limit == NEVER && next > now && !horizon.isAfter(next))) {
          throw new DoesNotFinishError(report.get());
        }
        jump(next);
      } finally {
        driving.unlock();
      }
    }
  }

  private long nextAt() {
    long next;
    synchronized (timers) {
      var first = timers.peek();
      next = first == null ? NEVER : first.at();
    }
    for (var source : sources()) {
      next = Math.min(next, source.nextAt(now));
    }
    return next;
  }

  private List<Source> sources() {
    synchronized (sources) {
      return List.copyOf(sources);
    }
  }

  /** What the process does comes before what the server finds out at the same instant. */
  private void jump(long to) {
    now = Math.max(now, to);
    while (true) {
      Timer timer;
      synchronized (timers) {
        timer = timers.peek();
        if (timer == null || timer.at() > now) {
          break;
        }
        timers.remove();
      }
      timer.action().run();
    }
    activities.awaitRest();
    for (var source : sources()) {
      if (source.nextAt(now) <= now) {
        source.fire(now);
        activities.awaitRest();
      }
    }
  }

  /** Gives up this processor for a moment that is not worth mentioning. */
  static void breathe(long nanos) {
    LockSupport.parkNanos(nanos);
  }
}
