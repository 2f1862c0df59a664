package dev.baton.server.cluster;

import io.vertx.core.Vertx;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to whoever owns the store; those to earlier owners end, and nobody waits for it.
 * Thread-safe.
 */
final class OwnerClients implements AutoCloseable {

  private final Vertx vertx;
  private final WireHeaders headers;
  private final Executor ending;
  private @Nullable OwnerClient current;
  private long epoch;
  private boolean isClosed;

  OwnerClients(Vertx vertx, WireHeaders headers) {
    this(vertx, headers, thread());
  }

  /** It is there already: who starts one may have to wait for a processor with it. */
  private static Executor thread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("former owner's connections").factory(),
            new ThreadPoolExecutor.DiscardPolicy()); // Once this is closed, so are they.
    thread.prestartCoreThread();
    return thread;
  }

  /**
   * @param ending ends connections; who says that another owns the store, or sends something to it,
   *     has no time for that
   */
  OwnerClients(Vertx vertx, WireHeaders headers, Executor ending) {
    this.vertx = vertx;
    this.headers = headers;
    this.ending = ending;
  }

  /** Those to that owner. */
  synchronized OwnerClient of(Owner owner) {
    OwnerClient known = current;
    boolean isSame = known != null && known.url().equals(owner.url());
    if (known != null && (isSame || owner.epoch() < epoch)) {
      epoch = Math.max(epoch, owner.epoch());
      return known;
    }
    if (known != null) {
      end(known);
    }
    OwnerClient opened = new OwnerClient(vertx, owner.url(), headers);
    current = opened;
    epoch = owner.epoch();
    if (isClosed) {
      opened.close();
    }
    return opened;
  }

  /** Ends the connections to an owner that is none any more: who waits there waits in vain. */
  synchronized void leave(@Nullable Owner owner) {
    OwnerClient known = current;
    if (known != null && (owner == null || !known.url().equals(owner.url()))) {
      end(known);
      current = null;
    }
  }

  /** What is under way there may still be answered until the connections have ended. */
  private void end(OwnerClient former) {
    former.takeNoMore();
    ending.execute(former::close);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    if (current != null) {
      current.close();
      current = null;
    }
    if (ending instanceof ExecutorService thread) {
      thread.shutdown();
    }
  }
}
