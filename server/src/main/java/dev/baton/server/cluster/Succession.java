package dev.baton.server.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an owner that is about to end finds the one that follows it. It says that it leaves to all
 * that ask for a sign of life, and serves on; the first that wants to follow it reads the store
 * meanwhile, and again what has been written since. Only then the owner ends, and tells it what has
 * been written since it was last told. One that cannot follow gives its place back, or is found to
 * be gone; then another may follow.
 *
 * <pre>
 *   none --(offer)--> offered --(begin)--> reading --(end)--> waiting --(await)--> ending --(hand over)--> over
 *                     offered <--(give back)-- reading, waiting            ending --(give back)--> over
 * </pre>
 *
 * <p>Nothing may be wrong without it: who follows has to claim the store like anybody else.
 * Thread-safe.
 */
public final class Succession {

  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

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

  private record Waiting(String successor, Notes notes, Promise<Buffer> told) implements Step {}

  private record Ending(String successor, Promise<Buffer> told) implements Step {}

  private record Over() implements Step {}

  private Step step = new None();

  /** Who has given its place back, and is not asked again. */
  private final Set<String> gaveBack = new HashSet<>();

  /**
   * Says from now on that this server leaves.
   *
   * @param notes what is written from when another begins to read
   */
  public synchronized void offer(Notes notes) {
    step = new Offered(notes);
    gaveBack.clear();
  }

  /** Whether a server may follow; null: one that does not say its name. */
  public synchronized boolean isOfferedTo(@Nullable String server) {
    return step instanceof Offered && !gaveBack.contains(server);
  }

  /** Another wants to follow; fails if it may not. */
  public synchronized Future<Void> begin(String successor) {
    if (step instanceof Offered(Notes notes) && !gaveBack.contains(successor)) {
      become(new Reading(successor, notes));
      return notes.begin();
    }
    return Future.failedFuture("this server does not leave, or another follows it");
  }

  /** The one that follows reads again what has been written meanwhile; the owner serves on. */
  public synchronized Future<Buffer> noted(String successor) {
    if (step instanceof Reading(String chosen, Notes notes) && chosen.equals(successor)) {
      return notes.take().map(Buffer::buffer);
    }
    return Future.failedFuture("this server follows nobody");
  }

  /** The one that follows has read the store; answers what it is told once the owner has ended. */
  public synchronized Future<Buffer> end(String successor) {
    if (step instanceof Reading(String chosen, Notes notes) && chosen.equals(successor)) {
      Promise<Buffer> told = Promise.promise();
      become(new Waiting(successor, notes, told));
      return told.future();
    }
    return Future.failedFuture("this server follows nobody");
  }

  /**
   * A server does not follow after all, or is gone: another may, unless the owner is ending for it
   * already. Nothing happens if it was not about to.
   */
  public synchronized void giveBack(String successor) {
    switch (step) {
      case Reading(String chosen, Notes notes) when chosen.equals(successor) ->
          offerAgain(successor, notes);
      case Waiting(String chosen, Notes notes, Promise<Buffer> told)
          when chosen.equals(successor) -> {
        offerAgain(successor, notes);
        told.fail("given back");
      }
      case Ending(String chosen, Promise<Buffer> told) when chosen.equals(successor) -> {
        LOG.info("The server for which this one ends is gone: whoever comes first takes over");
        become(new Over());
        told.fail("given back");
      }
      case None _, Offered _, Reading _, Waiting _, Ending _, Over _ -> {}
    }
  }

  private void offerAgain(String successor, Notes notes) {
    LOG.info("The server that was about to follow this one does not: another may");
    gaveBack.add(successor);
    become(new Offered(notes));
  }

  private void become(Step next) {
    step = next;
    notifyAll();
  }

  /**
   * Waits for one that has read the store; from then on nobody else may follow.
   *
   * @param mostOfferedMs how long the others may take to hear of it, each time that it is offered
   * @param mostReadingMs how long those that follow may take to read, all together
   * @param isThereOtherThan whether there is a server that may follow beside those, which gave
   *     their places back
   */
  public synchronized boolean awaitSuccessor(
      long mostOfferedMs, long mostReadingMs, Predicate<Set<String>> isThereOtherThan) {
    try {
      awaitReading(mostOfferedMs, mostReadingMs, isThereOtherThan);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (step instanceof Waiting(String successor, _, Promise<Buffer> told)) {
      become(new Ending(successor, told));
      return true;
    }
    return false;
  }

  private void awaitReading(
      long mostOfferedMs, long mostReadingMs, Predicate<Set<String>> isThereOtherThan)
      throws InterruptedException {
    long leftMs = mostReadingMs;
    while (true) {
      Step seen = step;
      long mostMs;
      switch (seen) {
        case Offered _ -> mostMs = isThereOtherThan.test(gaveBack) ? mostOfferedMs : 0;
        case Reading _ -> mostMs = leftMs;
        case None _, Waiting _, Ending _, Over _ -> {
          return;
        }
      }
      long began = System.nanoTime();
      awaitOtherThan(seen, mostMs);
      if (step == seen) {
        return; // In all that time.
      }
      if (seen instanceof Reading) {
        leftMs -= TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      }
    }
  }

  private void awaitOtherThan(Step seen, long mostMs) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    for (long left = mostMs; step == seen && left > 0; ) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  /**
   * Tells the one for which the owner has ended; with null that nothing comes of it. Nobody may
   * follow any more.
   *
   * @return whether there is one that was told
   */
  public synchronized boolean handOver(byte @Nullable [] touched) {
    Step before = step;
    become(new Over());
    return switch (before) {
      case Ending(_, Promise<Buffer> told) -> tell(told, touched);
      case Waiting(_, _, Promise<Buffer> told) -> tell(told, touched);
      case None _, Offered _, Reading _, Over _ -> false;
    };
  }

  private static boolean tell(Promise<Buffer> told, byte @Nullable [] touched) {
    if (touched == null) {
      told.tryFail("the owner could not end in good order");
      return false;
    }
    return told.tryComplete(Buffer.buffer(touched));
  }
}
