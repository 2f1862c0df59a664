package dev.baton.server;

import dev.baton.core.Promise;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRecord;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Tenures;
import dev.baton.server.background.Share;
import dev.baton.server.calls.CallsEndpoint;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.console.About;
import dev.baton.server.console.ConsoleEndpoint;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.Push;
import dev.baton.server.groups.GroupBoard;
import dev.baton.server.http.Answers;
import dev.baton.server.http.EngineSink;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.Intake;
import dev.baton.server.live.LiveEndpoint;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.poll.Dialect;
import dev.baton.server.poll.PollEndpoint;
import dev.baton.server.poll.StreamMemory;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Extension;
import dev.baton.server.process.LiveBudget;
import dev.baton.server.process.LoopWatch;
import dev.baton.server.process.Pipeline;
import dev.baton.server.process.Retention;
import dev.baton.server.push.HttpPush;
import dev.baton.server.read.Readers;
import dev.baton.server.record.Recorder;
import dev.baton.server.record.Ring;
import dev.baton.server.storage.Storage;
import dev.baton.server.trace.Tracing;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner of a store runs: the engine with its memory, the dispatcher, and the endpoints
 * that need them. A server has one for as long as it owns its store.
 */
final class Shard {

  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  /** How long a step that is under way may take when the shard has been given up. */
  private static final long MOST_ENDING_MS = 500;

  /**
   * What it shares with the rest of its process.
   *
   * @param legacy makes the old interface, if it is to be served
   * @param clock epoch milliseconds; it may be set
   * @param url the URL that messages carry
   * @param workersLog told who comes and goes
   */
  record Host(
      ServerConfig config,
      Vertx vertx,
      Authenticator authenticator,
      Tenures tenures,
      MemoryLedger memory,
      Answers answers,
      Metrics metrics,
      Tracing tracing,
      LoopWatch loops,
      FurtherInterface.@Nullable Factory legacy,
      LongSupplier clock,
      Supplier<String> url,
      Logger workersLog) {}

  private final Host host;
  private final Storage storage;
  private final @Nullable HttpPush push;
  private final Engine engine;
  private final Readers readers;
  private final EngineSink sink;
  private final GroupBoard board;
  private final PollEndpoint poll;
  private final FurtherInterface.@Nullable Endpoints further;
  private final @Nullable LiveEndpoint live;
  private final HttpEdge edge;
  private final CountDownLatch abandoned = new CountDownLatch(1);

  /** Set before it is handed to who starts it. */
  private boolean hasThreads;

  Shard(Host host, Storage storage) {
    this.host = host;
    this.storage = storage;
    ServerConfig config = host.config();
    Vertx vertx = host.vertx();
    MemoryLedger memory = host.memory();
    Metrics metrics = host.metrics();
    this.push =
        config.push().enabled()
            ? new HttpPush(vertx, config.push(), memory.account(MemoryLedger.Part.POSTS), metrics)
            : null;
    Ring ring = config.console().enabled() ? new Ring(config.console().events()) : null;
    Engine[] self = new Engine[1];
    Dispatcher dispatcher =
        new Dispatcher(
            new Dispatcher.Settings(
                host.url(),
                config.dispatch().redelivery(),
                config.dispatch().retry(),
                config.dispatch().grace(),
                host.tracing().tasks(ring == null ? Recorder.NONE : ring, this::headers)),
            stored(),
            push == null ? Push.OFF : push,
            report -> self[0].execute(report),
            metrics);
    FurtherInterface.Factory legacy = host.legacy();
    FurtherInterface old = legacy == null ? null : legacy.create(this::promise);
    this.engine =
        new Engine(
            new Pipeline(
                storage,
                new StateMachine(config.rules())::decide,
                dispatcher,
                metrics,
                old == null ? Extension.NONE : old.extension(),
                config.probeInterval().toMillis(),
                new LiveBudget(memory.account(MemoryLedger.Part.LIVE))),
            host.clock(),
            host.loops(),
            config.http().queueSize(),
            config.http().maxBatch(),
            config.http().stallTimeout());
    self[0] = engine;
    this.readers =
        new Readers(
            storage::reader,
            config.rules(),
            new Readers.Settings(
                config.reads().threads(),
                config.reads().queueSize(),
                config.reads().maxAnswerBytes(),
                share(),
                share()));
    this.sink =
        new EngineSink(
            vertx,
            engine,
            readers,
            config.debug(),
            !(config.storage() instanceof ServerConfig.Storage.Postgres));
    this.board = new GroupBoard(engine, dispatcher, share(), ring == null ? () -> 0 : ring::next);
    StreamMemory streams =
        new StreamMemory(
            memory.account(MemoryLedger.Part.STREAMS),
            config.poll().bufferSize(),
            config.poll().bufferBytes());
    this.poll =
        new PollEndpoint(
            vertx,
            Dialect.PROTOCOL,
            config.poll(),
            engine,
            dispatcher,
            streams,
            config.dispatch().replicaGrace(),
            host.tenures(),
            host.workersLog());
    this.further =
        old == null
            ? null
            : old.connect(
                new FurtherInterface.Services(
                    vertx,
                    config,
                    host.authenticator(),
                    host.tenures(),
                    engine,
                    readers,
                    dispatcher,
                    memory,
                    host.answers(),
                    streams,
                    metrics,
                    host.url()));
    String boot = Long.toString(new SecureRandom().nextLong() >>> 16, 36);
    this.live = ring == null ? null : live(dispatcher, ring, boot);
    this.edge =
        new HttpEdge(
            vertx,
            config,
            host.authenticator(),
            host.tenures(),
            engine,
            sink,
            dispatcher,
            board,
            storage,
            memory,
            host.answers(),
            poll,
            metrics,
            host.tracing().requests(),
            further == null ? null : further.api(),
            ring == null || live == null ? null : console(dispatcher, ring, live, boot));
  }

  private Share share() {
    return new Share(host.config().reads().share(), engine::isServing);
  }

  private LiveEndpoint live(Dispatcher dispatcher, Ring ring, String boot) {
    ServerConfig config = host.config();
    MemoryLedger memory = host.memory();
    return new LiveEndpoint(
        host.vertx(),
        engine,
        dispatcher,
        board,
        ring,
        host.tenures(),
        memory.account(MemoryLedger.Part.STREAMS),
        new Intake(memory.account(MemoryLedger.Part.REQUESTS), config.http().bodyTimeout()),
        id -> storage.live().task(id),
        new LiveEndpoint.Settings(boot, config.poll().keepAlive(), config.console().streams()));
  }

  private ConsoleEndpoint console(
      Dispatcher dispatcher, Ring ring, LiveEndpoint live, String boot) {
    ServerConfig config = host.config();
    About about =
        new About(
            version(),
            boot,
            switch (config.storage()) {
              case ServerConfig.Storage.Memory _ -> "memory";
              case ServerConfig.Storage.Sqlite _ -> "sqlite";
              case ServerConfig.Storage.Postgres _ -> "postgres";
            },
            System::currentTimeMillis,
            config.auth() != null,
            config.dispatch().retry().toMillis(),
            config.console().actions());
    return new ConsoleEndpoint(
        about,
        ring,
        live,
        new CallsEndpoint(
            host.vertx(),
            engine,
            readers,
            host.answers(),
            host.memory().account(MemoryLedger.Part.LISTS),
            dispatcher,
            board,
            ring,
            storage::live));
  }

  private static String version() {
    String version = BatonServer.class.getPackage().getImplementationVersion();
    return version == null ? "(built from classes)" : version;
  }

  /** A promise of the store. Only in a step of the engine, between transactions. */
  private @Nullable Promise promise(String id) {
    return storage.live().wholePromise(id);
  }

  /** What a task's call was made with; null for nothing. */
  private @Nullable Map<String, String> headers(String task) {
    Promise promise = storage.live().promise(task);
    return promise == null ? null : promise.param().headers();
  }

  private Dispatcher.Promises stored() {
    return new Dispatcher.Promises() {
      @Override
      public @Nullable PromiseRecord find(String id) {
        Promise promise = promise(id);
        return promise == null ? null : promise.toRecord();
      }

      @Override
      public @Nullable FunctionRef function(String taskId) {
        Promise promise = storage.live().promise(taskId);
        return promise == null ? null : FunctionRef.of(promise.param());
      }
    };
  }

  /** Starts the threads, which wait for {@link #start}; it may be left out. */
  void startThreads() {
    engine.prepare();
    readers.start();
    hasThreads = true;
  }

  /** Loads what is live, and begins to work. */
  void start() {
    engine.start();
    if (!hasThreads) {
      readers.start();
    }
    if (host.config().retention().isPositive()) {
      new Retention(host.vertx(), engine, storage, host.metrics(), host.config().retention())
          .start();
    }
  }

  Engine engine() {
    return engine;
  }

  EngineSink sink() {
    return sink;
  }

  Readers readers() {
    return readers;
  }

  Storage storage() {
    return storage;
  }

  GroupBoard board() {
    return board;
  }

  PollEndpoint poll() {
    return poll;
  }

  /** How many consoles follow what happens. */
  int liveStreams() {
    return live == null ? 0 : live.streamCount();
  }

  FurtherInterface.@Nullable Endpoints further() {
    return further;
  }

  HttpEdge edge() {
    return edge;
  }

  /** Ends the streams, and finishes the requests in flight. The store stays open. */
  void close() {
    endStreams();
    finish();
    engine.close();
    end();
  }

  /** Takes no more requests, and finishes those in flight; answers whether it did. */
  boolean finish() {
    boolean isFinished = engine.stop(host.config().http().shutdownTimeout().toMillis());
    if (!isFinished) {
      LOG.warn("Requests were still in flight after server.shutdown_timeout; they go unanswered");
    }
    return isFinished;
  }

  /** Ends without answering anybody: what is known here is true no more. The store stays open. */
  void abandon() {
    engine.abandon();
    abandoned.countDown();
    endStreams();
    end();
  }

  /** Waits until it is abandoned, or for so long; answers whether it is. */
  boolean awaitAbandoned(long mostMs) throws InterruptedException {
    return abandoned.await(mostMs, TimeUnit.MILLISECONDS);
  }

  /**
   * Waits until nothing of it runs any more, and not for a store elsewhere that does not answer.
   */
  void awaitEnd() {
    if (!engine.stop(MOST_ENDING_MS)) {
      storage.interrupt();
      engine.stop(10_000);
    }
  }

  private void endStreams() {
    edge.close();
    if (further != null) {
      further.close();
    }
  }

  private void end() {
    readers.close();
    board.close();
    if (push != null) {
      push.close();
    }
  }
}
