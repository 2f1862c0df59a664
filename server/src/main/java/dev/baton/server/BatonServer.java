package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Push;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.HttpPush;
import dev.baton.server.poll.PollEndpoint;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Pipeline;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.sqlite.SqliteStorage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. It may live in any process, beside others of its kind: tests and benchmarks
 * start it so.
 *
 * {@snippet :
 * try (var server = BatonServer.start(ServerConfig.of(new Layers().set(Key.SERVER_PORT, "0")))) {
 *   System.out.println(server.url());
 * }
 * }
 */
public final class BatonServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BatonServer.class);

  private final ServerConfig config;
  private final Vertx vertx;
  private final Storage storage;
  private final Dispatcher dispatcher;
  private final Engine engine;
  private final HttpEdge edge;
  private final Listeners listeners;
  private final Metrics metrics;
  private final @Nullable HttpPush push;
  private boolean closed;

  private BatonServer(ServerConfig config) {
    this.config = config;
    Authenticator authenticator = Authenticator.of(config.auth(), System::currentTimeMillis);
    this.storage = open(config);
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    this.metrics = new Metrics();
    this.listeners = new Listeners(vertx, config);
    this.push = config.push().enabled() ? new HttpPush(vertx, config.push(), metrics) : null;
    Engine[] self = new Engine[1];
    this.dispatcher =
        new Dispatcher(
            new Dispatcher.Settings(
                this::url,
                config.dispatch().redelivery(),
                config.dispatch().retry(),
                config.dispatch().grace()),
            push == null ? Push.OFF : push,
            report -> self[0].execute(report),
            metrics);
    this.engine =
        new Engine(
            new Pipeline(storage, new StateMachine(config.rules())::decide, dispatcher, metrics),
            System::currentTimeMillis,
            config.http().queueSize(),
            config.http().maxBatch());
    self[0] = engine;
    PollEndpoint poll = new PollEndpoint(vertx, config.poll(), engine, dispatcher);
    this.edge =
        new HttpEdge(vertx, config, authenticator, engine, dispatcher, storage, poll, metrics);
    metrics.gauge("baton_queue_requests", engine::queueLength);
    metrics.gauge("baton_poll_connections", poll::connectionCount);
    metrics.gauge("baton_http_connections", listeners::connectionCount);
  }

  private void open() {
    engine.start();
    listeners.open(edge::handle);
    listeners.openMetrics(answer ->
        engine.execute(() -> answer.accept(metrics.scrape(dispatcher.views(engine.now())))));
  }

  private static Storage open(ServerConfig config) {
    RuleSet.Profile profile = config.rules().profile();
    return switch (config.storage()) {
      case ServerConfig.Storage.Memory _ -> new MemoryStorage(profile);
      case ServerConfig.Storage.Sqlite(String path) -> SqliteStorage.open(Path.of(path), profile);
    };
  }

  /**
   * Starts a server; when this returns it takes requests.
   *
   * @throws dev.baton.server.config.ConfigurationException if the key of auth.publickey is not
   *     usable
   * @throws dev.baton.server.storage.StorageException if the store cannot be opened
   * @throws IllegalStateException if a port cannot be bound
   */
  public static BatonServer start(ServerConfig config) {
    long started = System.nanoTime();
    BatonServer server = new BatonServer(config);
    try {
      server.open();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    LOG.info(
        "Baton serves on {} (store: {}; metrics: {}), ready after {} ms",
        server.url(),
        describe(config.storage()),
        server.metricsPort() == 0 ? "off" : "port " + server.metricsPort(),
        (System.nanoTime() - started) / 1_000_000);
    return server;
  }

  private static String describe(ServerConfig.Storage storage) {
    return switch (storage) {
      case ServerConfig.Storage.Memory _ -> "memory, nothing is kept";
      case ServerConfig.Storage.Sqlite(String path) -> "SQLite " + path;
    };
  }

  /** The port it listens on. */
  public int port() {
    return listeners.port();
  }

  /** The port of the metrics; 0 if there is none. */
  public int metricsPort() {
    return listeners.metricsPort();
  }

  /** The URL that its messages carry. */
  public String url() {
    String url = config.http().url();
    return url == null ? "http://" + config.http().host() + ":" + port() : url;
  }

  /** Ends the streams, finishes the requests in flight, and closes the store. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    edge.close();
    if (!engine.stop(config.http().shutdownTimeout().toMillis())) {
      LOG.warn("Requests were still in flight after server.shutdown_timeout; they go unanswered");
    }
    engine.close();
    if (push != null) {
      push.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
    storage.close();
    metrics.close();
  }
}
