package dev.baton.sdk.internal.watch;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.StillPendingException;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One promise that is waited for; see {@link Watches}. */
public final class Watch {

  private final String id;
  private final Watches watches;
  private final CompletableFuture<PromiseRecord> settled = new CompletableFuture<>();
  private volatile long lookAgainAt = Long.MAX_VALUE;

  Watch(String id, Watches watches) {
    this.id = id;
    this.watches = watches;
  }

  String id() {
    return id;
  }

  boolean isDone() {
    return settled.isDone();
  }

  /** Whether the promise is settled, as far as is known; asks if nobody has asked yet. */
  boolean isSettled(Duration patience) {
    if (!isDone() && !isRegistered()) {
      watches.look(this, watches.until(patience));
    }
    return isDone();
  }

  PromiseRecord await() {
    if (!isDone() && !isRegistered()) {
      watches.look(this, () -> true);
    }
    try {
      return watches.time().await(settled);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  PromiseRecord await(Duration limit) {
    long end = watches.time().nanoTime() + Times.nanos(limit);
    var looked = new CompletableFuture<@Nullable Void>();
    Runnable look =
        () -> {
          try {
            watches.look(this, watches.until(limit));
            looked.complete(null);
          } catch (Throwable e) {
            looked.completeExceptionally(e);
          }
        };
    Thread looking = null;
    try {
      if (!isDone() && !isRegistered()) {
        // On a thread of its own, because one unanswered request may outlast the limit.
        looking = Thread.ofVirtual().name("resonate-watch").start(look);
        watches.time().await(looked, left(end));
      }
      return watches.time().await(settled, left(end));
    } catch (TimeoutException e) {
      if (looking != null) {
        looking.interrupt();
      }
      throw new StillPendingException(id, limit);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectionException) {
        throw new StillPendingException(id, limit);
      }
      throw failure(e);
    }
  }

  private Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - watches.time().nanoTime()));
  }

  /** Calls back, perhaps at once, when the promise is settled; never if that is not to be known. */
  public void whenSettled(Consumer<PromiseRecord> action) {
    settled.thenAccept(action);
  }

  CompletableFuture<PromiseRecord> future() {
    return settled;
  }

  void complete(PromiseRecord promise) {
    settled.complete(promise);
  }

  void fail(ResonateException failure) {
    settled.completeExceptionally(failure);
  }

  boolean isRegistered() {
    return lookAgainAt != Long.MAX_VALUE;
  }

  boolean isDue(long now) {
    return lookAgainAt <= now;
  }

  void lookAgainAt(long at) {
    lookAgainAt = at;
  }

  private ResonateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ResonateException("interrupted while waiting for " + id, e);
  }

  private static ResonateException failure(ExecutionException e) {
    return e.getCause() instanceof ResonateException known
        ? known
        : new ResonateException("waiting failed", e.getCause());
  }
}
