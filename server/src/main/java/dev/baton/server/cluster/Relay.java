package dev.baton.server.cluster;

import dev.baton.server.http.Addresses;
import dev.baton.server.http.RelayedRequest;
import dev.baton.server.http.Texts;
import dev.baton.server.poll.Peer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of events that clients of this server follow and the owner writes. When the owner is lost
 * or another takes over, a client's side stays open and the owner's side is opened anew. When the
 * owner ends a stream in good order, its client's ends, too.
 */
final class Relay {

  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  private static final Buffer COMMENT = Buffer.buffer(":\n\n");
  private static final Set<String> HEAD =
      Set.of(
          "content-type",
          "cache-control",
          "x-accel-buffering",
          "baton-keep-alive-ms",
          "retry-after",
          "www-authenticate");

  /**
   * How long things may take.
   *
   * @param hold how long a client that has heard nothing yet may wait for an owner
   * @param keepAlive how often a client hears something while there is no owner
   * @param ackTimeout how long its machine may acknowledge nothing; zero for ever
   */
  record Settings(Duration hold, Duration keepAlive, Duration ackTimeout) {}

  private final Vertx vertx;
  private final Ownership ownership;
  private final OwnerClients clients;
  private final OwnerQueue waiting;
  private final ClusterMetrics metrics;
  private final Settings settings;
  private final Set<Stream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  Relay(
      Vertx vertx,
      Ownership ownership,
      OwnerClients clients,
      OwnerQueue waiting,
      ClusterMetrics metrics,
      Settings settings) {
    this.vertx = vertx;
    this.ownership = ownership;
    this.clients = clients;
    this.waiting = waiting;
    this.metrics = metrics;
    this.settings = settings;
  }

  /** Opens a stream, on its client's event loop. */
  void open(HttpServerRequest request) {
    if (isClosed) {
      request.response().putHeader("retry-after", "1");
      Texts.refuse(request, 503, "The server is stopping");
      return;
    }
    Stream stream = new Stream(request);
    open.add(stream);
    metrics.streams.incrementAndGet();
    stream.begin();
  }

  /** Lives on its client's event loop. */
  private final class Stream {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context loop = vertx.getOrCreateContext();
    private final long since = System.nanoTime();
    private final Peer peer;
    private final long keepAlive;
    private boolean hasHead;
    private boolean isOver;

    /** Counts the owner's sides: news of an earlier one is none. */
    private int side;

    private boolean isHeard;
    private @Nullable Owner tried;
    private @Nullable HttpClientRequest toOwner;

    Stream(HttpServerRequest request) {
      this.request = request;
      this.response = request.response();
      this.peer =
          new Peer(
              vertx,
              request.connection(),
              settings.ackTimeout(),
              () -> LOG.info("The machine at {} acknowledges nothing", request.remoteAddress()));
      this.keepAlive = vertx.setPeriodic(settings.keepAlive().toMillis(), _ -> keepAlive());
    }

    void begin() {
      response.closeHandler(_ -> over());
      response.exceptionHandler(_ -> over());
      connect();
    }

    private void connect() {
      if (isOver) {
        return;
      }
      Owner owner = ownership.taking();
      tried = owner;
      if (owner == null || owner.url().isEmpty()) {
        again();
        return;
      }
      int mine = ++side;
      isHeard = false;
      clients
          .of(owner)
          .request(request.method(), request.uri(), Addresses.of(request), true)
          .onComplete(connected -> {
            HttpClientRequest asked = connected.result();
            loop.runOnContext(_ -> {
              if (asked == null) {
                lost(mine);
              } else if (isOver || mine != side) {
                asked.reset(RelayedRequest.CLIENT_LEFT);
              } else {
                ask(asked, mine);
              }
            });
          });
    }

    private void ask(HttpClientRequest asked, int mine) {
      toOwner = asked;
      WireHeaders.copy(request.headers(), asked.headers());
      asked.exceptionHandler(_ -> loop.runOnContext(_ -> lost(mine)));
      asked
          .response()
          .onComplete(answered -> {
            HttpClientResponse answer = answered.result();
            if (answer == null) {
              loop.runOnContext(_ -> lost(mine));
              return;
            }
            // On the connection's own loop, before anything of it can be missed.
            answer.exceptionHandler(_ -> loop.runOnContext(_ -> lost(mine)));
            answer.endHandler(_ -> loop.runOnContext(_ -> ended(mine)));
            answer.handler(chunk -> loop.runOnContext(_ -> write(answer, chunk, mine)));
            loop.runOnContext(_ -> head(answer, mine));
          });
      asked.end();
    }

    private void head(HttpClientResponse answer, int mine) {
      if (isOver || mine != side) {
        return;
      }
      int status = answer.statusCode();
      boolean isTransient = Wire.isNotBegun(answer) || (hasHead && status >= 500);
      if (isTransient) {
        lost(mine);
        return;
      }
      isHeard = true;
      if (hasHead) {
        if (status != 200) {
          end(); // Its token is good no more, or the like.
        }
        return;
      }
      hasHead = true;
      HEAD.forEach(name -> {
        String value = answer.getHeader(name);
        if (value != null) {
          response.putHeader(name, value);
        }
      });
      response.setStatusCode(status).setChunked(true);
    }

    private void write(HttpClientResponse answer, Buffer chunk, int mine) {
      if (isOver || mine != side || !isHeard) {
        return;
      }
      response.write(chunk);
      peer.wrote();
      if (response.writeQueueFull()) {
        answer.pause();
        response.drainHandler(_ -> answer.resume());
      }
    }

    private void keepAlive() {
      if (!isOver && hasHead && !isHeard) {
        response.write(COMMENT);
        peer.wrote();
      }
    }

    /** The owner has ended it. */
    private void ended(int mine) {
      if (mine == side && isHeard) {
        end();
      }
    }

    /** The owner's side has broken. */
    private void lost(int mine) {
      if (isOver || mine != side) {
        return;
      }
      side++;
      toOwner = null;
      isHeard = false;
      if (hasHead) {
        metrics.reopened.increment();
      }
      again();
    }

    private void again() {
      if (!hasHead && System.nanoTime() - since >= settings.hold().toNanos()) {
        response.putHeader("retry-after", "1");
        Texts.refuse(request, 503, "No server owns the store at present");
        over();
      } else {
        waiting.add(tried, () -> loop.runOnContext(_ -> connect()));
      }
    }

    void end() {
      if (!isOver && !response.ended() && !response.closed()) {
        response.end();
      }
      over();
    }

    private void over() {
      if (isOver) {
        return;
      }
      isOver = true;
      vertx.cancelTimer(keepAlive);
      open.remove(this);
      metrics.streams.decrementAndGet();
      HttpClientRequest asked = toOwner;
      if (asked != null) {
        asked.reset(isClosed ? 0 : RelayedRequest.CLIENT_LEFT);
      }
    }
  }

  /** Ends all streams: their clients are to go elsewhere. */
  void close() {
    isClosed = true;
    open.forEach(stream -> stream.loop.runOnContext(_ -> stream.end()));
  }
}
