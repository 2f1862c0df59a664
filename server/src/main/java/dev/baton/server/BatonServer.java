package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Tenures;
import dev.baton.server.cluster.Replica;
import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Hosts;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.groups.Groups;
import dev.baton.server.http.Answers;
import dev.baton.server.http.CrossSite;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.poll.PollEndpoint;
import dev.baton.server.process.LoopWatch;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.postgres.DatabaseClock;
import dev.baton.server.storage.sqlite.LiveRoom;
import dev.baton.server.storage.sqlite.SqliteStorage;
import dev.baton.server.trace.Tracing;
import dev.baton.server.warmup.WarmUp;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * A running server. It may live in any process, beside others of its kind: tests and benchmarks
 * start it so.
 *
 * {@snippet :
 * try (var server = BatonServer.start(ServerConfig.of(Layers.inMemory()))) {
 *   System.out.println(server.url());
 * }
 * }
 */
public final class BatonServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BatonServer.class);

  /** How often what tokens hold open is looked at. */
  private static final long SWEEP_MS = 1_000;

  /** How often the file of the keys is looked at. */
  private static final long RELOAD_MS = 10_000;

  private final ServerConfig config;
  private final Authenticator authenticator;
  private final Tenures tenures;
  private final Vertx vertx;

  /** What it runs if it is the only server of its store; then it has no member. */
  private final @Nullable Shard alone;

  /** What it is beside other servers of its store. */
  private final @Nullable Member member;

  private final Answers answers;
  private final MostConnections mostConnections;

  /** How it ends beside others. */
  private @Nullable Departure departure;

  private final DatabaseClock databaseClock = new DatabaseClock();

  private final Listeners listeners;
  private final Metrics metrics;
  private final Tracing tracing;
  private final @Nullable WarmUp warmUp;
  private boolean closed;

  private BatonServer(
      ServerConfig config,
      FurtherInterface.@Nullable Factory legacy,
      LongSupplier tokenClock,
      @Nullable WarmUp warmUp,
      Logger workersLog,
      boolean isMember) {
    this.config = config;
    this.warmUp = warmUp;
    MemoryLedger memory = new MemoryLedger(config.memory()::of);
    this.authenticator = Authenticator.of(config.auth(), tokenClock);
    this.tenures = new Tenures(authenticator);
    // Before there are threads: it may fail.
    Storage storage = isMember ? null : open(config);
    this.mostConnections =
        MostConnections.of(config, Descriptors.most(), Runtime.getRuntime().maxMemory());
    Gate gate =
        new Gate(
            config.http(), mostConnections.number(), memory.account(MemoryLedger.Part.REQUESTS));
    this.vertx =
        vertx(
            gate,
            new VertxOptions()
                .setPreferNativeTransport(true) // On Linux; elsewhere it is the JDK's.
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    vertx.exceptionHandler(e -> LOG.error("A handler of an event loop failed", e));
    this.metrics = new Metrics(config.metrics().groupsMost());
    this.tracing = Tracing.of(config.tracing(), config.http().host());
    LoopWatch loops = new LoopWatch(System::nanoTime);
    this.listeners = new Listeners(vertx, config, gate, loops);
    this.answers = new Answers(memory.account(MemoryLedger.Part.ANSWERS));
    Shard.Host host =
        new Shard.Host(
            config,
            vertx,
            authenticator,
            tenures,
            memory,
            answers,
            metrics,
            tracing,
            loops,
            legacy,
            isMember ? databaseClock::now : System::currentTimeMillis,
            this::url,
            workersLog);
    this.alone = storage == null ? null : new Shard(host, storage);
    this.member = storage == null ? new Member(host) : null;
    metrics.gauge(
        "baton_store_can_save",
        () -> {
          Shard shard = shard(); // Of a store that is not owned here nothing is known.
          return shard == null ? Double.NaN : shard.engine().isHealthy() ? 1 : 0;
        });
    gauge("baton_store_unreadable_rows", shard -> shard.storage().unreadableRows());
    gauge("baton_queue_requests", shard -> shard.engine().queueLength());
    gauge("baton_reader_jobs", shard -> shard.readers().jobCount());
    gauge("baton_poll_connections", shard -> shard.poll().connectionCount());
    gauge("baton_live_streams", Shard::liveStreams);
    metrics.gauge("baton_http_connections", listeners::connectionCount);
    metrics.memory(memory);
    metrics.streams(tenures);
  }

  /** Shows something of the shard that is here; 0 while there is none. */
  private void gauge(String name, Function<Shard, Number> value) {
    metrics.gauge(
        name,
        () -> {
          Shard shard = shard();
          return shard == null ? 0 : value.apply(shard);
        });
  }

  /** What runs here while this server owns its store. */
  private @Nullable Shard shard() {
    Member of = member;
    return of == null ? alone : of.shard();
  }

  /** What it is beside other servers; null if it is alone. */
  @Nullable Member member() {
    return member;
  }

  private static Vertx vertx(Gate gate, VertxOptions options) {
    VertxBuilder builder = new VertxBuilder(options).init();
    return builder.findTransport(gate.before(builder.findTransport())).vertx();
  }

  private void openOrClose() {
    try {
      open();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open() {
    vertx.setPeriodic(SWEEP_MS, _ -> tenures.sweep());
    if (config.auth() != null && config.auth().isFile()) {
      vertx.setPeriodic(RELOAD_MS, _ -> vertx.executeBlocking(this::reloadKeys));
    }
    if (listeners.isTls()) {
      vertx.setPeriodic(RELOAD_MS, _ -> vertx.executeBlocking(this::reloadCertificate));
    }
    if (warmUp != null) {
      // What is passed on practises nothing of what an owner does.
      warmUp.standBackFor(() -> shard() == null ? 0 : metrics.requestCount());
    }
    if (alone != null) {
      openAlone(alone);
    }
    if (member != null) {
      openMember(member);
    }
    listeners.openMetrics(CrossSite.of(config.http()), this::scrape, answers);
  }

  private void openAlone(Shard shard) {
    shard.start();
    if (warmUp != null) {
      shard.edge().readyWhen(warmUp::isEnough);
    }
    listeners.open(guarded(shard.edge()::handle));
    FurtherInterface.Endpoints further = shard.further();
    if (further != null && config.legacy() != null) {
      listeners.openLegacy(config.legacy().pollPort(), guarded(further::messages));
    }
    shard.engine().reachable();
  }

  private void openMember(Member opened) {
    ServerConfig.Cluster cluster = config.cluster();
    boolean isReached = cluster.secret() != null;
    String bind = isReached ? cluster.bind() : "127.0.0.1";
    Replica replica = opened.replica();
    int port =
        listeners.openWire(
            bind, isReached ? cluster.port() : 0, replica::handleWire, replica::wireConnected);
    opened.wireAt(
        "http://" + Hosts.inUrl(Hosts.isAny(bind) ? "127.0.0.1" : bind) + ":" + port, port);
    listeners.open(guarded(replica::handle));
    ClusterGauges.show(metrics, opened, databaseClock);
    Candidate candidate =
        config.storage() instanceof ServerConfig.Storage.Postgres postgres
            ? new Candidate(
                opened,
                Databases.settings(postgres, opened.publicUrl()),
                config.rules().profile(),
                databaseClock,
                warmUp)
            : null;
    departure =
        new Departure(opened, listeners, candidate, config.http().shutdownTimeout().toMillis());
    if (candidate != null) {
      ClusterGauges.show(metrics, candidate);
      candidate.start();
    }
  }

  private void scrape(Consumer<byte[]> answer) {
    Shard shard = shard();
    if (shard == null) {
      answer.accept(metrics.scrape(Groups.NONE));
    } else {
      shard.board().look(groups -> answer.accept(metrics.scrape(groups)));
    }
  }

  /** Where no token is needed, or anybody can write one, a web page must not get in. */
  private Handler<HttpServerRequest> guarded(Handler<HttpServerRequest> handler) {
    boolean isOpen = config.auth() == null || config.auth().isUnchecked();
    return isOpen ? CrossSite.of(config.http()).before(handler) : handler;
  }

  /** Reads the certificate again; whether it is another. */
  boolean reloadCertificate() {
    return listeners.reload();
  }

  private boolean reloadKeys() {
    try {
      boolean isOther = authenticator.reload();
      if (isOther) {
        LOG.info("The keys of auth.publickey are others now");
      }
      return isOther;
    } catch (ConfigurationException e) {
      LOG.error("The keys stay as they were: {}", e.getMessage());
      return false;
    }
  }

  private static Storage open(ServerConfig config) {
    RuleSet.Profile profile = config.rules().profile();
    return switch (config.storage()) {
      case ServerConfig.Storage.Memory _ -> new MemoryStorage(profile);
      case ServerConfig.Storage.Sqlite(String path, int autoCheckpoint, String backupDir) ->
          SqliteStorage.open(
              Path.of(path),
              profile,
              new SqliteStorage.Settings(
                  autoCheckpoint,
                  backupDir == null ? null : Path.of(backupDir),
                  LiveRoom.of(config.memory().live())));
      case ServerConfig.Storage.Postgres postgres ->
          throw new IllegalStateException("who owns " + postgres.database() + " is decided there");
    };
  }

  /**
   * Starts a server that speaks the protocol and nothing else.
   *
   * @throws ConfigurationException also if legacy.enabled asks for more
   * @see #start(ServerConfig, FurtherInterface.Factory)
   */
  public static BatonServer start(ServerConfig config) {
    if (config.legacy() != null) {
      throw new ConfigurationException(
          Key.LEGACY_ENABLED.path() + " must be false: this program lacks the old interface");
    }
    return start(config, null, System::currentTimeMillis);
  }

  /**
   * Starts a server; when this returns it takes requests.
   *
   * @param legacy makes the old interface, if the configuration asks for it
   * @throws ConfigurationException if the key of auth.publickey is not usable
   * @throws dev.baton.server.storage.StorageException if the store cannot be opened
   * @throws IllegalStateException if a port cannot be bound
   */
  public static BatonServer start(ServerConfig config, FurtherInterface.Factory legacy) {
    return start(config, config.legacy() == null ? null : legacy, System::currentTimeMillis);
  }

  /**
   * Starts a server as {@link #start(ServerConfig, FurtherInterface.Factory)} does, for a process
   * of its own: beside it is practised what it does, as server.warm_up allows. It is not ready
   * before that is enough, or it is used.
   */
  public static BatonServer startWarm(ServerConfig config, FurtherInterface.Factory legacy) {
    Duration patience = config.http().warmUp();
    WarmUp warmUp =
        patience.isZero() || isTalkative(config)
            ? null
            : WarmUp.begin(() -> PracticeServer.open(config), patience);
    try {
      return start(
          config, config.legacy() == null ? null : legacy, System::currentTimeMillis, warmUp);
    } catch (RuntimeException e) {
      if (warmUp != null) {
        warmUp.close();
      }
      throw e;
    }
  }

  /** Whether each request is logged: nobody wants to read of those of the practice. */
  private static boolean isTalkative(ServerConfig config) {
    return config.level().equals("debug") || config.level().equals("trace");
  }

  /** A server that says nothing of its workers. */
  static BatonServer practice(ServerConfig config) {
    BatonServer server =
        new BatonServer(config, null, System::currentTimeMillis, null, NOPLogger.NOP_LOGGER, false);
    server.openOrClose();
    return server;
  }

  /** Starts a server beside others; somebody says who of them owns the store. */
  static BatonServer startMember(ServerConfig config) {
    BatonServer server =
        new BatonServer(
            config,
            null,
            System::currentTimeMillis,
            null,
            LoggerFactory.getLogger(PollEndpoint.class),
            true);
    server.openOrClose();
    return server;
  }

  /** Starts a server that judges by another clock whether tokens have expired. */
  static BatonServer start(
      ServerConfig config, FurtherInterface.@Nullable Factory legacy, LongSupplier tokenClock) {
    return start(config, legacy, tokenClock, null);
  }

  private static BatonServer start(
      ServerConfig config,
      FurtherInterface.@Nullable Factory legacy,
      LongSupplier tokenClock,
      @Nullable WarmUp warmUp) {
    long started = System.nanoTime();
    BatonServer server =
        new BatonServer(
            config,
            legacy,
            tokenClock,
            warmUp,
            LoggerFactory.getLogger(PollEndpoint.class),
            config.storage() instanceof ServerConfig.Storage.Postgres);
    server.openOrClose();
    LOG.info(
        "Baton serves on {} (store: {}; metrics: {}), ready after {} ms",
        server.url(),
        describe(config.storage()),
        server.metricsPort() == 0 ? "off" : "port " + server.metricsPort(),
        (System.nanoTime() - started) / 1_000_000);
    if (server.mostConnections.why() != null) {
      LOG.info(
          "At most {} connections, not the {} of server.max_connections: {}",
          server.mostConnections.number(),
          config.http().maxConnections(),
          server.mostConnections.why());
    }
    String warning =
        openDoor(config.auth(), Hosts.inUrl(config.http().bind()) + ":" + server.port());
    if (warning != null) {
      LOG.warn(warning);
    }
    return server;
  }

  /** What is to be said of a server that lets everybody in; null if it does not. */
  static @Nullable String openDoor(ServerConfig.@Nullable Auth auth, String listensOn) {
    if (auth == null) {
      return "No authentication: everybody who reaches "
          + listensOn
          + " may do everything. Set auth.publickey, or keep the port inside";
    }
    return auth.isUnchecked()
        ? "Signatures of tokens are NOT checked (auth.publickey is none): everybody who reaches "
            + listensOn
            + " may do everything by writing a token. Use a key, or a proxy that checks tokens"
        : null;
  }

  private static String describe(ServerConfig.Storage storage) {
    return switch (storage) {
      case ServerConfig.Storage.Memory _ -> "memory, nothing is kept";
      case ServerConfig.Storage.Sqlite sqlite -> "SQLite " + sqlite.path();
      case ServerConfig.Storage.Postgres postgres -> "PostgreSQL " + postgres.database();
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

  /** The port of the old interface's messages; 0 if it is not served. */
  public int legacyPort() {
    return listeners.legacyPort();
  }

  /** The URL that its messages carry. */
  public String url() {
    String url = config.http().url();
    String scheme = listeners.isTls() ? "https://" : "http://";
    return url == null ? scheme + Hosts.inUrl(config.http().host()) + ":" + port() : url;
  }

  /**
   * Says that it is not ready any more, and serves on for {@code server.ready_grace}: who sends
   * clients to it can send them elsewhere, or tell them at once that nobody is there.
   */
  public void leave() {
    if (alone != null) {
      alone.edge().leave();
    }
    if (departure != null) {
      departure.announce(); // Alone there is nowhere else to go: better served to the end.
    }
    long graceMs = config.http().readyGrace().toMillis();
    if (graceMs == 0) {
      return;
    }
    LOG.info("Asked to end: not ready any more, and serving on for {} ms", graceMs);
    try {
      Thread.sleep(graceMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the streams, finishes the requests in flight, and closes the store. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (departure != null) {
      departure.followNoMore(); // Before whoever waits for its practice goes on, and follows.
    }
    if (warmUp != null) {
      warmUp.close();
    }
    if (alone != null) {
      alone.close();
    }
    if (departure != null) {
      departure.finish();
    } else if (member != null) {
      member.close(); // It could not be opened.
    }
    // An event loop may hang in a step, with the disk.
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, 10, TimeUnit.SECONDS)
        .join();
    listeners.close();
    if (alone != null) {
      alone.storage().close();
    }
    tracing.close();
    metrics.close();
  }
}
