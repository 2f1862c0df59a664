package dev.baton.server;

import dev.baton.server.config.Hosts;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Answers;
import dev.baton.server.http.ConnectionDrain;
import dev.baton.server.http.CrossSite;
import dev.baton.server.http.Guard;
import dev.baton.server.http.Heads;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.LastLook;
import dev.baton.server.http.Patience;
import dev.baton.server.http.Texts;
import dev.baton.server.http.Turns;
import dev.baton.server.process.LoopWatch;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ports: one for the protocol, spread over the event loops, and one for the metrics. */
final class Listeners implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  /** Shared by all loops, which a plain 0 would not be. */
  private static final int ANY_PORT_SHARED = -1;

  /** Requests and event streams that one HTTP/2 connection may have open. */
  private static final int MOST_STREAMS = 100;

  /** Who opens and resets streams faster than this is cut off. */
  private static final int MOST_RESETS = 400;

  private static final int RESETS_WINDOW_SECONDS = 10;

  /** Of all headers of a request together. Tokens of some kilobytes and traces fit. */
  private static final int MOST_HEADER_BYTES = 32 << 10;

  /** The same between servers: each header counts a little more there, and some are added. */
  private static final int MOST_WIRE_HEADER_BYTES = 2 * MOST_HEADER_BYTES;

  /** What another server may have under way on all its streams together. */
  private static final int WIRE_WINDOW = 64 << 20;

  /** What Netty's own transport puts before what the system says. */
  private static final Pattern NATIVE =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

  private final Vertx vertx;
  private final ServerConfig config;
  private final LoopWatch loops;
  private final Gate gate;
  private final ConnectionDrain drain = new ConnectionDrain();
  private final @Nullable Tls tls;
  private volatile int port;
  private volatile int metricsPort;
  private volatile int legacyPort;

  Listeners(Vertx vertx, ServerConfig config, Gate gate, LoopWatch loops) {
    this.loops = loops;
    this.vertx = vertx;
    this.config = config;
    this.gate = gate;
    this.port = config.http().port();
    this.tls = config.http().tls() == null ? null : new Tls(vertx, config.http().tls());
  }

  void open(Handler<HttpServerRequest> unguarded) {
    Handler<HttpServerRequest> handler = Guard.around(unguarded);
    int wanted = config.http().port();
    HttpServerOptions options =
        forClients(options(config.http().bind(), wanted == 0 ? ANY_PORT_SHARED : wanted));
    int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
    await(
        vertx.deployVerticle(
            () -> new Loop(options, handler), new DeploymentOptions().setInstances(loops)),
        shown(wanted));
  }

  private HttpServerOptions options(String bind, int port) {
    return new HttpServerOptions()
        .setHost(Hosts.withoutBrackets(bind))
        .setPort(port)
        .setTcpNoDelay(true)
        .setAcceptBacklog(4096)
        .setMaxInitialLineLength(16_384)
        .setMaxHeaderSize(MOST_HEADER_BYTES)
        .setIdleTimeout(Math.toIntExact(config.http().idleTimeout().toMillis()))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setHttp2ClearTextEnabled(true)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MOST_STREAMS)
                .setMaxHeaderListSize(MOST_HEADER_BYTES)
                .setPushEnabled(false))
        .setHttp2RstFloodMaxRstFramePerWindow(MOST_RESETS)
        .setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS)
        .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
        // Nobody speaks it here, and each connection would have a handler less to go through.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false);
  }

  private HttpServerOptions forClients(HttpServerOptions options) {
    return tls == null ? options : tls.on(options);
  }

  /** Whether clients are shown a certificate. */
  boolean isTls() {
    return tls != null;
  }

  /** Reads the certificate again; whether it is another. Blocks. */
  boolean reload() {
    return tls != null && tls.reload();
  }

  /** Ends what they need beside event loops, once those have ended. */
  @Override
  public void close() {
    if (tls != null) {
      tls.close();
    }
  }

  /** Opens the port of the old interface's messages. */
  void openLegacy(int wanted, Handler<HttpServerRequest> handler) {
    await(
        server(forClients(options(config.http().bind(), wanted)), Guard.around(handler))
            .listen()
            .onSuccess(open -> legacyPort = open.actualPort()),
        shown(wanted) + " for legacy.poll_port");
  }

  /** Opens the port for the other servers of a cluster; answers which it is. */
  int openWire(
      String bind,
      int wanted,
      Handler<HttpServerRequest> handler,
      Handler<HttpConnection> connected) {
    HttpServerOptions options =
        options(bind, wanted)
            .setIdleTimeout(0) // Its ends ask each other for signs of life.
            .setHttp2ConnectionWindowSize(WIRE_WINDOW)
            // A replica opens a stream for each of its clients, and resets those that leave.
            .setHttp2RstFloodMaxRstFramePerWindow(Integer.MAX_VALUE)
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(Integer.MAX_VALUE)
                    .setInitialWindowSize(1 << 20)
                    .setMaxHeaderListSize(MOST_WIRE_HEADER_BYTES)
                    .setPushEnabled(false));
    int[] port = new int[1];
    await(
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> {
              // Other servers are told on the wire.
              admit(connection, options, new ConnectionDrain(), true);
              connected.handle(connection);
            })
            .requestHandler(Guard.around(handler))
            .exceptionHandler(e -> LOG.debug("A connection failed", e))
            .listen()
            .onSuccess(open -> port[0] = open.actualPort()),
        Hosts.inUrl(bind) + ":" + wanted + " for cluster.port");
    return port[0];
  }

  private final class Loop extends AbstractVerticle {
    private final HttpServerOptions options;
    private final Handler<HttpServerRequest> handler;

    Loop(HttpServerOptions options, Handler<HttpServerRequest> handler) {
      this.options = options;
      this.handler = handler;
    }

    @Override
    public void start(Promise<Void> started) {
      LoopWatch.Loop loop = loops.watch();
      vertx.setPeriodic(LoopWatch.BEAT_MS, _ -> loop.beat());
      server(options, handler)
          .listen()
          .onSuccess(server -> port = server.actualPort())
          .<Void>mapEmpty()
          .onComplete(started);
    }
  }

  private HttpServer server(HttpServerOptions options, Handler<HttpServerRequest> handler) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(connection -> admit(connection, options))
        .requestHandler(handler)
        .exceptionHandler(e -> LOG.debug("A connection failed", e));
  }

  private void admit(HttpConnection connection, HttpServerOptions options) {
    admit(connection, options, drain, false);
    drain.connected(connection);
  }

  private void admit(
      HttpConnection connection,
      HttpServerOptions options,
      ConnectionDrain drain,
      boolean isOfServer) {
    connection.exceptionHandler(e -> LOG.debug("A connection failed", e));
    Patience.connected(connection, () -> new VertxHttpRequestDecoder(options));
    Turns.of(connection, drain, gate.heads());
    Heads.hold(connection, gate.heads(), isOfServer);
    LastLook.before(connection);
  }

  /** From now on clients are told to go elsewhere; who comes nevertheless is served. */
  void leave() {
    drain.begin();
  }

  /** Once clients are told: closes what is idle, and waits for all else, or for so long. */
  void awaitAnswers(long mostMs) {
    if (drain.hasBegun()) {
      drain.awaitAnswers(mostMs);
    }
  }

  void openMetrics(CrossSite guard, Consumer<Consumer<byte[]>> scrape, Answers answers) {
    if (config.metrics().port() == 0) {
      return;
    }
    String bind = config.metrics().bind();
    await(
        server(
                options(bind, config.metrics().port()),
                Guard.around(guard.before(request -> metrics(request, scrape, answers))))
            .listen()
            .onSuccess(open -> metricsPort = open.actualPort()),
        Hosts.inUrl(bind) + ":" + config.metrics().port() + " for the metrics");
  }

  private void metrics(
      HttpServerRequest request, Consumer<Consumer<byte[]>> scrape, Answers answers) {
    if (!"/metrics".equals(request.path())) {
      Texts.empty(request, 404);
    } else if (HttpEdge.allows(request, HttpMethod.GET)) {
      var context = vertx.getOrCreateContext();
      scrape.accept(text ->
          context.runOnContext(_ ->
              answers.send(
                  request, "text/plain; version=0.0.4; charset=utf-8", Texts.wrapped(text))));
    }
  }

  private String shown(int port) {
    return Hosts.inUrl(config.http().bind()) + ":" + port;
  }

  private static void await(Future<?> future, String what) {
    try {
      future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException("cannot listen on " + what + ": " + reason(e.getCause()), e);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause instanceof TimeoutException) {
      return "no answer in 10 s";
    }
    return cause == null || cause.getMessage() == null
        ? "unknown reason"
        : NATIVE.matcher(cause.getMessage()).replaceFirst("");
  }

  int port() {
    return port;
  }

  int metricsPort() {
    return metricsPort;
  }

  int legacyPort() {
    return legacyPort;
  }

  int connectionCount() {
    return gate.connectionCount();
  }
}
