package dev.baton.server.cluster;

import dev.baton.server.http.Texts;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the other servers pass on to the owner what they have been asked. Only who knows the secret
 * is heard. Nothing is taken while this server does not own the store.
 */
final class Wire {

  private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

  /** Misdirected: nothing of the request has happened, another server may be the owner. */
  static final int NOT_THE_OWNER = 421;

  private static final long FLUSH_MS = 5;

  /** Answered with 200 by an owner. */
  static final String PROBE = "/cluster/owner";

  private final Vertx vertx;
  private final WireHeaders headers;
  private final Ownership ownership;
  private final AtomicInteger answering = new AtomicInteger();
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();

  Wire(Vertx vertx, WireHeaders headers, Ownership ownership) {
    this.vertx = vertx;
    this.headers = headers;
    this.ownership = ownership;
    ownership.follow(() -> {
      Owner owner = ownership.owner();
      if (owner == null || !owner.isHere()) {
        drop();
      }
    });
  }

  /** A connection of a replica; one that does not answer pings is cut off. */
  void connected(HttpConnection connection) {
    connections.add(connection);
    long timer =
        vertx.setPeriodic(
            OwnerClient.PING_MS, _ -> Pings.look(vertx, connection, OwnerClient.PONG_MS));
    connection.closeHandler(_ -> {
      vertx.cancelTimer(timer);
      connections.remove(connection);
    });
  }

  /** A request of a replica, on its event loop. */
  void handle(HttpServerRequest request) {
    if (!headers.isOfReplica(request)) {
      LOG.warn(
          "Somebody at {} came to the port of the replicas without their secret",
          request.remoteAddress());
      Texts.refuse(request, 403, "Forbidden: this port is for the servers of one cluster");
      return;
    }
    if (!WireHeaders.isKnownVersion(request)) {
      Texts.refuse(request, 505, "this server speaks version " + WireHeaders.VERSION);
      return;
    }
    Owner owner = ownership.owner();
    Here here = owner == null ? null : owner.here();
    if (here == null) {
      Texts.empty(request, NOT_THE_OWNER);
    } else if (PROBE.equals(request.path())) {
      Texts.empty(request, 200);
    } else {
      if ("/".equals(request.path())) {
        count(request.response());
      }
      here.handle(WireHeaders.unwrap(request));
    }
  }

  private void count(HttpServerResponse response) {
    answering.incrementAndGet();
    boolean[] isOver = new boolean[1];
    Handler<Void> over =
        _ -> {
          if (!isOver[0]) {
            isOver[0] = true;
            answering.decrementAndGet();
          }
        };
    response.bodyEndHandler(over);
  }

  /** Waits until all requests that were taken are answered, or for so long. */
  void awaitAnswers(long mostMs) {
    Waiting.until(() -> answering.get() == 0, mostMs);
    Waiting.until(() -> false, FLUSH_MS); // They have been handed to the connections.
  }

  /** Ends all connections: what waits here for an answer will not get one. */
  private void drop() {
    connections.forEach(Pings::cut);
  }
}
