package dev.baton.server.poll;

import dev.baton.server.auth.Ending;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Tenures;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.http.EventStream;
import dev.baton.server.http.Heads;
import dev.baton.server.http.IpAddresses;
import dev.baton.server.http.Path;
import dev.baton.server.http.RelayedRequest;
import dev.baton.server.http.Texts;
import dev.baton.server.http.WorkerChannel;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Outbox;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /poll/{group}/{id}} (protocol section 14). Beside what the protocol has, a worker may
 * announce {@code ?slots=N}, how many tasks it takes at once, or {@code ?most=N}, how many at most
 * if it leaves that to its group, and {@code ?run=X}, which run of its process this is: when
 * another run connects under the same id, what the earlier one held is offered again at once, and
 * the earlier one, if it comes back, is turned away with a comment that says {@code taken}. With
 * {@code ?keep-alive=N} it asks to hear something each N milliseconds, so that it notices soon when
 * this server's machine has vanished. With {@code ?hears=settled} it is told when somebody else
 * settles what it works on. With {@code ?has=buy:1,2&has=price:1} it says which functions it has,
 * and of each which versions: it is offered no task that asks for another.
 */
public final class PollEndpoint implements WorkerChannel {

  private static final int MOST_SLOTS = 1_000_000;
  private static final int LEAST_KEEP_ALIVE_MS = 100;
  private static final int MOST_KEEP_ALIVE_MS = 3_600_000;

  /** All streams together are shown some five hundred signs of life a second. */
  private static final int KEEP_ALIVE_MS_PER_STREAM = 2;

  /** A peer that reads nothing for so many times the configured keep-alive is given up. */
  private static final int STUCK_ROUNDS = 3;

  private final Logger log;
  private final Vertx vertx;
  private final Dialect dialect;
  private final ServerConfig.Poll config;
  private final Engine engine;
  private final Dispatcher dispatcher;
  private final StreamMemory memory;
  private final Duration replicaGrace;
  private final Tenures tenures;
  private volatile boolean isClosed;
  private final Set<WorkerConnection> connections = ConcurrentHashMap.newKeySet();

  public PollEndpoint(
      Vertx vertx,
      Dialect dialect,
      ServerConfig.Poll config,
      Engine engine,
      Dispatcher dispatcher,
      StreamMemory memory,
      Duration replicaGrace,
      Tenures tenures) {
    this(
        vertx,
        dialect,
        config,
        engine,
        dispatcher,
        memory,
        replicaGrace,
        tenures,
        LoggerFactory.getLogger(PollEndpoint.class));
  }

  /** One that tells elsewhere who comes and goes. */
  public PollEndpoint(
      Vertx vertx,
      Dialect dialect,
      ServerConfig.Poll config,
      Engine engine,
      Dispatcher dispatcher,
      StreamMemory memory,
      Duration replicaGrace,
      Tenures tenures,
      Logger log) {
    this.log = log;
    this.vertx = vertx;
    this.dialect = dialect;
    this.config = config;
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.memory = memory;
    this.replicaGrace = replicaGrace;
    this.tenures = tenures;
  }

  @Override
  public void handle(HttpServerRequest request, List<String> path, Grant grant) {
    if (!Path.isName(path.get(1)) || !Path.isName(path.get(2))) {
      Texts.refuse(
          request,
          400,
          "group and id in /poll/{group}/{id} must not be empty, nor longer than 4096 characters,"
              + " nor hold null bytes");
      return;
    }
    for (String name : List.of("slots", "most")) {
      String text = Path.parameter(request, name);
      if (text != null && Path.integer(text, 1, MOST_SLOTS) == null) {
        Texts.refuse(
            request,
            400,
            name + " must be an integer from 1 to " + MOST_SLOTS + ", not '" + text + "'");
        return;
      }
    }
    @Nullable Set<FunctionRef> functions;
    try {
      functions = functions(request);
    } catch (IllegalArgumentException e) {
      Texts.refuse(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    if (!grant.access().mayWrite()) {
      Texts.refuse(request, 403, "Forbidden: the token may look, and not take work");
      return;
    }
    String keepAlive = Path.parameter(request, "keep-alive");
    if (keepAlive != null
        && Path.integer(keepAlive, LEAST_KEEP_ALIVE_MS, MOST_KEEP_ALIVE_MS) == null) {
      Texts.refuse(
          request,
          400,
          "keep-alive must be an integer from %d to %d, the milliseconds between two signs of life, not '%s'"
              .formatted(LEAST_KEEP_ALIVE_MS, MOST_KEEP_ALIVE_MS, keepAlive));
      return;
    }
    if (!grant.access().reaches(path.get(1))) {
      Texts.refuse(request, 403, "Forbidden: the token does not reach this group");
      return;
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader("content-type", "text/event-stream").end();
      return;
    }
    if (isClosed) {
      Texts.drop(request); // Whoever is told why waits longer than for a server that is gone.
      return;
    }
    if (connections.size() >= config.maxConnections()) {
      request.response().putHeader("retry-after", "1");
      Texts.refuse(
          request,
          503,
          "as many workers are connected as transports.http_poll.max_connections allows: "
              + config.maxConnections());
      return;
    }
    if (functions != null && !Heads.tryTake(request, (long) functions.size() * FunctionRef.BYTES)) {
      Heads.refuse(request);
      return;
    }
    Duration interval = keepAlive(keepAlive);
    if (EventStream.begin(request, interval)) {
      open(request, path, grant, interval, functions);
    }
  }

  /** How often a stream shows a sign of life: as it is asked for, within what all may cost. */
  private Duration keepAlive(@Nullable String asked) {
    Integer ms =
        asked == null ? null : Path.integer(asked, LEAST_KEEP_ALIVE_MS, MOST_KEEP_ALIVE_MS);
    if (ms == null) {
      return config.keepAlive();
    }
    Duration interval =
        Duration.ofMillis(Math.max(ms, KEEP_ALIVE_MS_PER_STREAM * connections.size()));
    return interval.compareTo(config.keepAlive()) < 0 ? interval : config.keepAlive();
  }

  /** What the worker says it has; null if it says nothing. */
  private static @Nullable Set<FunctionRef> functions(HttpServerRequest request) {
    return request.query() == null || !request.params().contains("has")
        ? null
        : FunctionRef.announced(request.params().getAll("has"));
  }

  private static @Nullable Integer number(HttpServerRequest request, String name) {
    String text = Path.parameter(request, name);
    return text == null ? null : Path.integer(text, 1, MOST_SLOTS);
  }

  private void open(
      HttpServerRequest request,
      List<String> path,
      Grant grant,
      Duration keepAlive,
      @Nullable Set<FunctionRef> functions) {
    HttpServerResponse response = request.response();
    var greeting =
        new WorkerConnection.Greeting(
            dialect.group(path.get(1)),
            path.get(2),
            address(request),
            number(request, "slots"),
            number(request, "most"),
            Path.parameter(request, "run"),
            "settled".equals(Path.parameter(request, "hears")),
            functions,
            grant.access().prefix());
    Outbox.Loop loop = engine.outbox().here(vertx);
    Peer peer =
        new Peer(
            vertx,
            request.connection(),
            config.ackTimeout(),
            () ->
                log.info(
                    "The machine of worker {} of group {} acknowledges nothing any more",
                    greeting.pid(),
                    greeting.group()));
    WorkerConnection[] self = new WorkerConnection[1];
    WorkerConnection connection =
        new WorkerConnection(
            greeting,
            response,
            loop,
            dialect,
            memory,
            () -> engine.execute(() -> dispatcher.writable(self[0], engine.now())),
            peer);
    self[0] = connection;
    long quietNanos = keepAlive.toNanos() / 2; // Asked once in that time: at most half more.
    long stuckNanos = STUCK_ROUNDS * config.keepAlive().toNanos();
    long timer =
        vertx.setPeriodic(keepAlive.toMillis(), _ -> connection.keepAlive(quietNanos, stuckNanos));
    Tenures.Tenure tenure = tenures.begin(grant, ending -> end(connection, ending));
    Runnable closed = () -> closed(connection, timer, tenure);
    response.endHandler(_ -> closed.run());
    response.exceptionHandler(cause -> {
      if (request instanceof RelayedRequest && !RelayedRequest.isClientGone(cause)) {
        lostWithReplica(connection);
      }
      closed.run();
    });
    response.closeHandler(_ -> { // Also after the other two.
      if (request instanceof RelayedRequest) {
        lostWithReplica(connection);
      }
      closed.run();
    });
    if (dialect.isStrict()) {
      connections.stream().filter(connection::replaces).forEach(WorkerConnection::close);
    }
    connections.add(connection);
    memory.add(connection);
    response.write(Frames.COMMENT); // Sends the head.
    peer.wrote();
    engine.execute(() -> connected(connection));
  }

  private static String address(HttpServerRequest request) {
    String address = request.remoteAddress().hostAddress();
    String canonical = IpAddresses.canonical(address);
    return canonical == null ? address : canonical;
  }

  private void connected(WorkerConnection connection) {
    if (!connections.contains(connection)) {
      return;
    }
    log.info(
        "Worker {} of group {} connected from {}{}",
        connection.pid(),
        connection.group(),
        connection.address(),
        connection.slots() == null ? "" : " with slots: " + connection.slots());
    if (dispatcher.connected(connection, engine.now())) {
      log.info("Worker {} is another run of its process: its leases end", connection.pid());
    }
  }

  private void end(WorkerConnection connection, Ending ending) {
    log.info(
        "The stream of worker {} of group {} ends: {}",
        connection.pid(),
        connection.group(),
        ending);
    connection.close();
  }

  private void closed(WorkerConnection connection, long timer, Tenures.Tenure tenure) {
    if (connections.remove(connection)) {
      memory.remove(connection);
      vertx.cancelTimer(timer);
      tenure.over();
      engine.execute(() -> {
        log.info("Worker {} of group {} left", connection.pid(), connection.group());
        dispatcher.disconnected(connection, engine.now());
      });
    }
  }

  /** Unless it is known to have ended otherwise. */
  private void lostWithReplica(WorkerConnection connection) {
    if (connections.contains(connection)) {
      connection.lostWithReplica(replicaGrace);
    }
  }

  /** How many streams are open. */
  public int connectionCount() {
    return connections.size();
  }

  @Override
  public void close() {
    isClosed = true;
    connections.forEach(WorkerConnection::close);
  }
}
