package dev.baton.server.cluster;

import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** The connections to whoever owns the store; those to earlier owners end. Thread-safe. */
final class OwnerClients implements AutoCloseable {

  private final Vertx vertx;
  private final WireHeaders headers;
  private @Nullable OwnerClient current;
  private long epoch;
  private boolean isClosed;

  OwnerClients(Vertx vertx, WireHeaders headers) {
    this.vertx = vertx;
    this.headers = headers;
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
      known.close();
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
      known.close();
      current = null;
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    leave(null);
  }
}
