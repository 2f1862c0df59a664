package dev.baton.sdk.internal;

import dev.baton.sdk.Health;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How a client stands with its server, as its message channel has it; others wait for changes. */
final class Standing {

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Health health;
  private long refusedSince;
  private @Nullable ServerException refusal;

  Standing(InstantSource clock) {
    this.clock = clock;
    this.health = new Health(Health.State.IDLE, clock.instant(), "", 0);
  }

  Health health(int running) {
    lock.lock();
    try {
      return new Health(health.state(), health.since(), health.problem(), running);
    } finally {
      lock.unlock();
    }
  }

  /** What it is doing now; once it is closed it stays so. */
  void is(Health.State state, String problem) {
    set(state, problem, null);
  }

  /** The server does not let it in. */
  void refused(int status, String text) {
    var reason = new ServerException("the message channel", status, text);
    set(Health.State.REFUSED, String.valueOf(reason.getMessage()), reason);
  }

  private void set(Health.State state, String problem, @Nullable ServerException reason) {
    lock.lock();
    try {
      if (health.state() == Health.State.CLOSED) {
        return;
      }
      var since = health.state() == state ? health.since() : clock.instant();
      if (refusal == null) {
        refusedSince = System.nanoTime();
      }
      refusal = reason;
      health = new Health(state, since, problem, 0);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns when it is closed.
   *
   * @throws ServerException if it has been refused for that long without a break
   */
  void awaitClosed(Duration refusalLimit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (health.state() != Health.State.CLOSED) {
        if (refusal == null) {
          changed.await();
          continue;
        }
        long left = refusedSince + Times.nanos(refusalLimit) - System.nanoTime();
        if (left <= 0) {
          throw refusal;
        }
        changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
