package dev.baton.sdk.internal.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The time that passes by itself. */
record SystemTime(InstantSource clock) implements Time {

  static final SystemTime INSTANCE = new SystemTime(InstantSource.system());

  @Override
  public Instant instant() {
    return clock.instant();
  }

  @Override
  public long millis() {
    return clock.millis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  @Override
  public void after(Duration delay, Runnable action) {
    CompletableFuture.delayedExecutor(nanos(delay), TimeUnit.NANOSECONDS, Runnable::run)
        .execute(action);
  }

  @Override
  public Pauses pauses() {
    return new Waiting();
  }

  @Override
  public <T extends @Nullable Object> T await(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException {
    return future.get();
  }

  @Override
  public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(nanos(limit), TimeUnit.NANOSECONDS);
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  private static final class Waiting implements Pauses {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    @Override
    public void await(Duration limit) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        // One wake-up is enough, whatever its reason: the worst is one request too many.
        ended.awaitNanos(nanos(limit));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void end() {
      lock.lock();
      try {
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
