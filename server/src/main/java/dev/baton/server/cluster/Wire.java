package dev.baton.server.cluster;

import dev.baton.server.http.Exchange;
import dev.baton.server.http.Heads;
import dev.baton.server.http.Texts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

  /** Nothing has happened: the owner does not know what this server speaks. */
  static final int OTHER_VERSION = 505;

  private static final long FLUSH_MS = 5;

  /** Answered with 200 by an owner that can save, with 503 by one that cannot. */
  static final String PROBE = "/cluster/owner";

  /** Said in that answer by an owner that looks for one that follows. */
  static final CharSequence LEAVING = HttpHeaders.createOptimized("baton-leaving");

  /** Before the name of who follows: it begins to read the store. */
  static final String SUCCESSOR = "/cluster/successor/";

  /** The same: it reads again what has been written since. */
  static final String NOTED = "/cluster/noted/";

  /** The same: it has read the store. */
  static final String END = "/cluster/end/";

  /** The same: it does not follow after all. An owner of an earlier version does not know it. */
  static final String BACK = "/cluster/back/";

  /** How long the last sign of another server counts. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Who comes without the secret may come often: it is told of once a minute. */
  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Vertx vertx;
  private final WireHeaders headers;
  private final Ownership ownership;
  private final Succession succession;
  private final UnderWay answering = new UnderWay();
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();

  /** By their connections: who has begun to follow on it. */
  private final Map<HttpConnection, String> followers = new ConcurrentHashMap<>();

  /** When other servers were heard last; those that do not say their name are one. */
  private final Map<String, Long> probedAt = new ConcurrentHashMap<>();

  private static final String NAMELESS = "";

  /** When somebody without the secret was last told of. */
  private final AtomicLong strangerAt = new AtomicLong(System.nanoTime() - TELL_AGAIN_NANOS);

  private final EarlyProbes early;

  Wire(Vertx vertx, WireHeaders headers, Ownership ownership, Succession succession) {
    this.succession = succession;
    this.vertx = vertx;
    this.headers = headers;
    this.ownership = ownership;
    this.early = new EarlyProbes(vertx, ownership, this::answerProbe);
    ownership.follow(() -> {
      Owner owner = ownership.owner();
      if (owner == null || !owner.isHere()) {
        drop();
      }
    });
  }

  /** Whether the owner says that nothing of the request has happened, so that it may be kept. */
  static boolean isNotBegun(HttpClientResponse answer) {
    return answer.statusCode() == NOT_THE_OWNER
        || answer.statusCode() == OTHER_VERSION
        || answer.getHeader(Exchange.NOT_BEGUN) != null;
  }

  /** A connection of a replica; one that does not answer pings is cut off. */
  void connected(HttpConnection connection) {
    connections.add(connection);
    Flushes.gather(connection);
    long timer =
        vertx.setPeriodic(
            OwnerClient.PING_MS, _ -> Pings.look(vertx, connection, OwnerClient.PONG_MS));
    connection.closeHandler(_ -> {
      vertx.cancelTimer(timer);
      connections.remove(connection);
      isGone(connection);
    });
  }

  /** Whoever was about to follow by way of a connection that has ended does not. */
  private void isGone(HttpConnection connection) {
    String follower = followers.remove(connection);
    if (follower != null) {
      succession.giveBack(follower);
    }
  }

  private Future<Void> begin(HttpConnection connection, String successor) {
    Future<Void> begun = succession.begin(successor);
    if (!begun.failed()) {
      followers.put(connection, successor);
      if (!connections.contains(connection)) {
        isGone(connection); // It may have ended before this was seen to depend on it.
      }
    }
    return begun;
  }

  /** A request of a replica, on its event loop. */
  void handle(HttpServerRequest request) {
    if (!headers.isOfReplica(request)) {
      refuseStranger(request);
      return;
    }
    if (!WireHeaders.isKnownVersion(request)) {
      request.response().putHeader(Exchange.NOT_BEGUN, "true");
      Texts.refuse(request, OTHER_VERSION, "this server speaks version " + WireHeaders.VERSION);
      return;
    }
    Owner owner = ownership.owner();
    Here here = owner == null ? null : owner.here();
    String path = String.valueOf(request.path());
    if (PROBE.equals(path)) {
      if (here == null && WireHeaders.isOfEpoch(request, ownership.claimed())) {
        early.add(request);
      } else {
        answerProbe(request);
      }
    } else if (owner == null || here == null || WireHeaders.isOfEarlierOwner(request, owner)) {
      Texts.empty(request, NOT_THE_OWNER);
    } else if (path.startsWith(SUCCESSOR)) {
      String successor = path.substring(SUCCESSOR.length());
      answer(request, begin(request.connection(), successor).map(Buffer.buffer()));
    } else if (path.startsWith(NOTED)) {
      answer(request, succession.noted(path.substring(NOTED.length())));
    } else if (path.startsWith(END)) {
      answer(request, succession.end(path.substring(END.length())));
    } else if (path.startsWith(BACK)) {
      succession.giveBack(path.substring(BACK.length()));
      Texts.empty(request, 200);
    } else {
      if ("/".equals(path)) {
        count(request.response());
      }
      here.handle(WireHeaders.unwrap(request));
    }
  }

  private void refuseStranger(HttpServerRequest request) {
    long now = System.nanoTime();
    long last = strangerAt.get();
    if (now - last >= TELL_AGAIN_NANOS && strangerAt.compareAndSet(last, now)) {
      LOG.warn(
          "Somebody at {} came to the port of the replicas without their secret",
          request.remoteAddress());
    }
    request.response().putHeader(Exchange.NOT_BEGUN, "true");
    Texts.refuse(request, 403, "Forbidden: this port is for the servers of one cluster");
    Heads.awaitNoBody(request); // Of the room for heads, strangers are to take nothing from others.
  }

  private void answerProbe(HttpServerRequest request) {
    Owner owner = ownership.owner();
    Here here = owner == null ? null : owner.here();
    if (owner == null || here == null || WireHeaders.isOfEarlierOwner(request, owner)) {
      Texts.empty(request, NOT_THE_OWNER);
      return;
    }
    String replica = WireHeaders.replicaOf(request);
    heard(replica == null ? NAMELESS : replica);
    if (succession.isOfferedTo(replica)) {
      request.response().putHeader(LEAVING, "true");
    }
    Texts.empty(request, here.isHealthy() ? 200 : 503);
  }

  private void heard(String replica) {
    long now = System.nanoTime();
    if (probedAt.put(replica, now) == null) {
      probedAt.values().removeIf(at -> now - at >= FRESH_NANOS); // Each start has another name.
    }
  }

  /** Whether another server than those has been heard of late. */
  boolean hasReplicasBut(Set<String> those) {
    long now = System.nanoTime();
    return probedAt.entrySet().stream()
        .anyMatch(each -> now - each.getValue() < FRESH_NANOS && !those.contains(each.getKey()));
  }

  private void answer(HttpServerRequest request, Future<Buffer> said) {
    Context loop = vertx.getOrCreateContext();
    HttpServerResponse response = request.response();
    said.onComplete(told ->
        loop.runOnContext(_ -> {
          if (response.ended() || response.closed()) {
            return;
          }
          Buffer body = told.result();
          if (body == null) {
            Texts.empty(request, 409);
          } else {
            response.end(body);
          }
        }));
  }

  private void count(HttpServerResponse response) {
    answering.begin();
    boolean[] isOver = new boolean[1];
    Handler<Void> over =
        _ -> {
          if (!isOver[0]) {
            isOver[0] = true;
            answering.end();
          }
        };
    response.bodyEndHandler(over);
  }

  /** Waits until all requests that were taken are answered, or for so long. */
  void awaitAnswers(long mostMs) {
    answering.awaitNone(mostMs);
  }

  /** Waits for a moment, in which answers that have been handed to the connections are sent. */
  void awaitFlushed() {
    Waiting.until(() -> false, FLUSH_MS);
  }

  /** Ends all connections: what waits here for an answer will not get one. */
  private void drop() {
    connections.forEach(Pings::cut);
  }
}
