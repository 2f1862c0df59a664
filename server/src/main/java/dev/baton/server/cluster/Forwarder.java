package dev.baton.server.cluster;

import dev.baton.core.Footprint;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.server.auth.Grant;
import dev.baton.server.http.Exchange;
import dev.baton.server.http.RequestSink;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gets checked requests to the owner: the engine of this process, or another's over the wire. One
 * that could not be sent waits for an owner, for so long; one that was sent and not answered is
 * sent again if that is safe, and the owner is told that it may have been done; else it is refused,
 * because nobody knows whether it has happened.
 */
final class Forwarder implements RequestSink {

  private static final Response NOBODY =
      Response.failure(503, "No server owns the store at present: nothing of this has happened");
  private static final Response UNKNOWN =
      Response.failure(
          503, "The server that owned the store was lost: whether this has happened is not known");
  private static final Response NO_ROOM =
      Response.failure(
          503,
          "There is no room for the answer beside those that others have not read yet: this may"
              + " have happened");
  private static final Response TOO_MANY =
      Response.failure(429, "Too many requests wait for the owner: see server.queue_size");

  private final Vertx vertx;
  private final Ownership ownership;
  private final OwnerClients clients;
  private final OwnerQueue waiting;
  private final ClusterMetrics metrics;
  private final long holdNanos;
  private final int most;
  private final UnderWay inFlight = new UnderWay();
  private final Set<Pending> here = ConcurrentHashMap.newKeySet();

  /**
   * @param hold how long a request may wait for an owner
   * @param most how many requests may be under way
   */
  Forwarder(
      Vertx vertx,
      Ownership ownership,
      OwnerClients clients,
      OwnerQueue waiting,
      ClusterMetrics metrics,
      Duration hold,
      int most) {
    this.vertx = vertx;
    this.ownership = ownership;
    this.clients = clients;
    this.waiting = waiting;
    this.metrics = metrics;
    this.holdNanos = hold.toNanos();
    this.most = most;
    ownership.follow(this::ownerChanged);
  }

  /** A request on its way. It lives on its client's event loop. */
  private final class Pending {
    final Exchange exchange;
    final Request request;
    final Envelope.Head head;
    final Grant grant;
    final byte[] body;
    final Context loop = vertx.getOrCreateContext();
    final long since = System.nanoTime();
    private boolean isOver;

    /** The owner to which it was sent last, or was to be. */
    private @Nullable Owner tried;

    /** It was sent to an owner that was lost: it may have happened. */
    private boolean isRepeated;

    private long lostAtNanos;

    Pending(Exchange exchange, Request request, Envelope.Head head, Grant grant, byte[] body) {
      this.exchange = exchange;
      this.request = request;
      this.head = head;
      this.grant = grant;
      this.body = body;
      exchange.onAnswer(this::answered);
    }

    private void answered() {
      if (!isOver) {
        isOver = true;
        here.remove(this);
        inFlight.end();
      }
    }

    boolean isOver() {
      return isOver;
    }

    long lostMsAgo() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lostAtNanos);
    }

    void again() {
      metrics.waiting.decrementAndGet();
      loop.runOnContext(_ -> {
        if (!isOver) {
          send(this);
        }
      });
    }
  }

  @Override
  public void submit(
      Exchange exchange, Request request, Envelope.Head head, Grant grant, byte[] body) {
    if (inFlight.begin() > most) {
      inFlight.end();
      exchange.retryLater(TOO_MANY);
    } else {
      send(new Pending(exchange, request, head, grant, body));
    }
  }

  /** Waits until nothing is under way, or for so long. */
  void awaitQuiet(long mostMs) {
    inFlight.awaitNone(mostMs);
  }

  private void send(Pending pending) {
    if (pending.isRepeated && pending.exchange.isGone()) {
      pending.exchange.retryLater(UNKNOWN); // Else a task would be granted again to nobody.
      return;
    }
    Owner owner = ownership.taking();
    pending.tried = owner;
    // What comes back is looked at if it is the second answer: it takes the wire, even to itself.
    boolean isDirect = !pending.isRepeated;
    Here local = owner == null || !isDirect ? null : owner.here();
    if (owner == null || (local == null && owner.url().isEmpty())) {
      hold(pending);
    } else if (local != null) {
      here.add(pending);
      if (!local.offer(pending.exchange, pending.request, pending.head, pending.grant.access())) {
        here.remove(pending);
        hold(pending);
      } else if (ownership.owner() != owner && !pending.isOver()) {
        // The end of that ownership may have been looked at before this was seen to wait for it.
        lostHere(pending);
      }
    } else {
      sendTo(owner, pending);
    }
  }

  private void hold(Pending pending) {
    if (pending.isOver()) {
      return;
    }
    long waited = System.nanoTime() - pending.since;
    Fate fate = Fate.ofWaiting(waited, holdNanos, pending.isRepeated);
    if (fate != Fate.HOLD || pending.exchange.isGone()) {
      pending.exchange.retryLater(fate == Fate.UNKNOWN ? UNKNOWN : NOBODY);
      return;
    }
    metrics.held.increment();
    metrics.waiting.incrementAndGet();
    waiting.add(pending.tried, pending::again);
  }

  private void ownerChanged() {
    Owner owner = ownership.owner();
    if (owner == null || !owner.isHere()) {
      here.forEach(pending -> pending.loop.runOnContext(_ -> lostHere(pending)));
    }
  }

  private void lostHere(Pending pending) {
    if (here.remove(pending)) {
      lost(pending);
    }
  }

  /** It was sent, and will not be answered. */
  private void lost(Pending pending) {
    if (pending.isOver()) {
      return;
    }
    if (Fate.ofLost(pending.request) == Fate.UNKNOWN) {
      unknown(pending);
    } else {
      pending.isRepeated = true;
      pending.lostAtNanos = System.nanoTime();
      metrics.repeated.increment();
      hold(pending);
    }
  }

  private void unknown(Pending pending) {
    metrics.unknown.increment();
    pending.exchange.retryLater(UNKNOWN);
  }

  private void sendTo(Owner owner, Pending pending) {
    OwnerClient client = clients.of(owner);
    client
        .post(pending.exchange.clientAddress())
        .onComplete(connected -> {
          HttpClientRequest request = connected.result();
          if (request == null) {
            pending.loop.runOnContext(_ -> hold(pending));
          } else {
            metrics.forwarded.increment();
            WireHeaders.write(request.headers(), owner);
            if (pending.isRepeated) {
              WireHeaders.writeRepeat(request.headers(), pending.lostMsAgo());
            }
            request
                .send(Buffer.buffer(pending.body))
                .compose(response -> response.body().map(body -> new Answer(response, body)))
                .onComplete(answered -> {
                  Answer answer = answered.result();
                  pending.loop.runOnContext(_ -> take(pending, answer));
                });
          }
        });
  }

  private record Answer(HttpClientResponse head, Buffer body) {}

  /** On the client's event loop. */
  private void take(Pending pending, @Nullable Answer answer) {
    if (answer == null) {
      lost(pending);
    } else if (Wire.isNotBegun(answer.head())) {
      hold(pending);
    } else if (!Fate.isKnownBy(pending.request, answer.head().statusCode(), pending.isRepeated)) {
      unknown(pending);
    } else if (!pending.exchange.pass(
        answer.head().statusCode(),
        answer.head().headers(),
        answer.body(),
        !onlyReads(pending.request))) {
      pending.exchange.retryLater(NO_ROOM);
    }
  }

  private static boolean onlyReads(Request request) {
    return Footprint.visit(request, (_, role, _, _) -> role == Footprint.Role.READ);
  }
}
