package dev.baton.server.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How an owner that is about to end finds the one that follows it. It says that it leaves to all
 * that ask for a sign of life, and serves on; the first that wants to follow it reads the store
 * meanwhile, and again what has been written since. Only then the owner ends, and tells it what has
 * been written since it was last told.
 *
 * <pre>
 *   none --(offer)--> offered --(begin)--> reading --(end)--> waiting --(hand over)--> over
 * </pre>
 *
 * <p>Nothing may be wrong without it: who follows has to claim the store like anybody else.
 * Thread-safe.
 */
public final class Succession {

  /** What the owner notes of the rows that it writes, for the one that follows. */
  public interface Notes {

    /** Begins; done when it has. */
    Future<Void> begin();

    /** What has been written since it began, or since it was last asked; goes on with none. */
    Future<byte[]> take();
  }

  private sealed interface Step {}

  private record None() implements Step {}

  private record Offered(Notes notes) implements Step {}

  private record Reading(String successor, Notes notes) implements Step {}

  private record Waiting(Promise<Buffer> told) implements Step {}

  private record Over() implements Step {}

  private Step step = new None();

  /**
   * Says from now on that this server leaves.
   *
   * @param notes what is written from when another begins to read
   */
  public synchronized void offer(Notes notes) {
    step = new Offered(notes);
  }

  /** Whether another may follow. */
  synchronized boolean isOffered() {
    return step instanceof Offered;
  }

  /** Another wants to follow; fails if it may not. */
  synchronized Future<Void> begin(String successor) {
    if (step instanceof Offered(Notes notes)) {
      step = new Reading(successor, notes);
      notifyAll();
      return notes.begin();
    }
    return Future.failedFuture("this server does not leave, or another follows it");
  }

  /** The one that follows reads again what has been written meanwhile; the owner serves on. */
  synchronized Future<Buffer> noted(String successor) {
    if (step instanceof Reading(String chosen, Notes notes) && chosen.equals(successor)) {
      return notes.take().map(Buffer::buffer);
    }
    return Future.failedFuture("this server follows nobody");
  }

  /** The one that follows has read the store; answers what it is told once the owner has ended. */
  synchronized Future<Buffer> end(String successor) {
    if (step instanceof Reading(String chosen, _) && chosen.equals(successor)) {
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
