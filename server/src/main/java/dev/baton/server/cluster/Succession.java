package dev.baton.server.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How an owner that is about to end finds the one that follows it. It says that it leaves to all
 * that ask for a sign of life, and serves on; the first that wants to follow it reads the store
 * meanwhile. Only then the owner ends, and tells it what has been written since it began to read.
 *
 * <pre>
 *   none --(offer)--> offered --(begin)--> reading --(end)--> waiting --(hand over)--> over
 * </pre>
 *
 * <p>Nothing may be wrong without it: who follows has to claim the store like anybody else.
 * Thread-safe.
 */
public final class Succession {

  private sealed interface Step {}

  private record None() implements Step {}

  private record Offered(Supplier<Future<Void>> note) implements Step {}

  private record Reading(String successor) implements Step {}

  private record Waiting(Promise<Buffer> told) implements Step {}

  private record Over() implements Step {}

  private Step step = new None();

  /**
   * Says from now on that this server leaves.
   *
   * @param note begins to note what is written; done when it has begun
   */
  public synchronized void offer(Supplier<Future<Void>> note) {
    step = new Offered(note);
  }

  /** Whether another may follow. */
  synchronized boolean isOffered() {
    return step instanceof Offered;
  }

  /** Another wants to follow; fails if it may not. */
  synchronized Future<Void> begin(String successor) {
    if (step instanceof Offered(Supplier<Future<Void>> note)) {
      step = new Reading(successor);
      notifyAll();
      return note.get();
    }
    return Future.failedFuture("this server does not leave, or another follows it");
  }

  /** The one that follows has read the store; answers what it is told once the owner has ended. */
  synchronized Future<Buffer> end(String successor) {
    if (step instanceof Reading(String chosen) && chosen.equals(successor)) {
      Promise<Buffer> told = Promise.promise();
      step = new Waiting(told);
      notifyAll();
      return told.future();
    }
    return Future.failedFuture("this server follows nobody");
  }

  /**
   * Waits for one that has read the store.
   *
   * @param mostOfferedMs how long the others may take to hear of it
   * @param mostReadingMs how long the one that follows may take to read
   */
  public synchronized boolean awaitSuccessor(long mostOfferedMs, long mostReadingMs) {
    try {
      awaitWhile(Offered.class, mostOfferedMs);
      awaitWhile(Reading.class, mostReadingMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return step instanceof Waiting;
  }

  private void awaitWhile(Class<? extends Step> kind, long mostMs) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    for (long left = mostMs; kind.isInstance(step) && left > 0; ) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  /** Tells the one that waits; with null that nothing comes of it. */
  public synchronized void handOver(byte @Nullable [] touched) {
    if (step instanceof Waiting(Promise<Buffer> told)) {
      if (touched == null) {
        told.tryFail("the owner could not end in good order");
      } else {
        told.tryComplete(Buffer.buffer(touched));
      }
    }
    step = new Over();
  }
}
