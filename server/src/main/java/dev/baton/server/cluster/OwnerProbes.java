package dev.baton.server.cluster;

import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the owner elsewhere for a sign of life, now and then and at each change of ownership, which
 * also keeps a connection to it open. When it says that it owns the store, what waits for that is
 * sent. Thread-safe.
 */
final class OwnerProbes implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OwnerProbes.class);

  private static final long LOOK_MS = 500;

  private final Vertx vertx;
  private final Ownership ownership;
  private final OwnerClients clients;
  private final OwnerQueue waiting;
  private final long timer;
  private volatile boolean isReached;
  private volatile String lastTrouble = "";
  private volatile boolean isClosed;
  private volatile Consumer<Owner> whenOwnerLeaves = _ -> {};

  /** Before the first change of ownership. */
  OwnerProbes(Vertx vertx, Ownership ownership, OwnerClients clients, OwnerQueue waiting) {
    this.vertx = vertx;
    this.ownership = ownership;
    this.clients = clients;
    this.waiting = waiting;
    this.timer = vertx.setPeriodic(LOOK_MS, _ -> look());
    ownership.follow(() -> {
      isReached = false;
      look();
    });
  }

  /** Whether the owner elsewhere has said that it serves, and can save. */
  boolean isReached() {
    return isReached;
  }

  /** Calls something, on an event loop, while the owner elsewhere looks for one that follows. */
  void whenOwnerLeaves(Consumer<Owner> action) {
    whenOwnerLeaves = action;
  }

  private void look() {
    Owner owner = ownership.owner();
    if (isClosed || owner == null || owner.isHere() || owner.url().isEmpty()) {
      isReached = false;
      return;
    }
    clients
        .of(owner)
        .probe(owner)
        .onComplete(probed -> {
          OwnerClient.Sign sign = probed.result();
          int status = sign == null ? 0 : sign.status();
          isReached = status == 200;
          tell(owner.url(), status);
          if (status == 200 || status == 503) {
            waiting.tryAgain(); // It owns the store now.
          }
          if (sign != null && sign.isLeaving()) {
            whenOwnerLeaves.accept(owner);
          }
        });
  }

  /** What does not mend itself is said, once for each owner. */
  private void tell(String url, int status) {
    String trouble =
        switch (status) {
          case Wire.OTHER_VERSION ->
              "it speaks another version of the wire than this server's "
                  + WireHeaders.VERSION
                  + ": one of them is to be replaced";
          case 403 -> "it has another cluster.secret";
          default -> "";
        };
    String told = trouble.isEmpty() ? "" : url + ": " + trouble;
    if (!told.isEmpty() && !told.equals(lastTrouble)) {
      LOG.warn("Nothing can be passed on to the owner of the store at {}", told);
    }
    if (status != 0) {
      lastTrouble = told;
    }
  }

  /** Asks no more. */
  @Override
  public void close() {
    isClosed = true;
    vertx.cancelTimer(timer);
  }
}
