package dev.baton.sdk.internal;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.Caller;
import dev.baton.sdk.Client;
import dev.baton.sdk.ExternalPromise;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Health;
import dev.baton.sdk.Heartbeats;
import dev.baton.sdk.Options;
import dev.baton.sdk.Promises;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.Schedules;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.function.Interfaces;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.intercept.Interceptors;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.watch.WatchHandle;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Cancellation;
import dev.baton.sdk.internal.wire.Control;
import dev.baton.sdk.internal.wire.Identity;
import dev.baton.sdk.internal.wire.Link;
import dev.baton.sdk.internal.wire.PollConnection;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import dev.baton.sdk.internal.work.Clockwork;
import dev.baton.sdk.internal.work.Execution;
import dev.baton.sdk.internal.work.Ids;
import dev.baton.sdk.internal.work.LeaseKeeper;
import dev.baton.sdk.internal.work.Memories;
import dev.baton.sdk.internal.work.Refusals;
import dev.baton.sdk.internal.work.Worker;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the parts of one {@link dev.baton.sdk.Resonate} and takes it through its life. */
public final class Engine {

  private enum Life {
    CLIENT,
    WORKER,
    CLOSING
  }

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration DRAIN_CALL_LIMIT = Duration.ofSeconds(2);

  /** What the program may do between the end of {@link #serve()} and its own. */
  private static final Duration AFTER_SERVING = Duration.ofSeconds(2);

  private static final Duration ANNOUNCE_AFTER = Duration.ofMillis(50);

  /** Servers and proxies take no longer addresses. */
  private static final int MOST_ANNOUNCED = 6_000;

  private final Settings settings;
  private final Time time;
  private final Identity identity;
  private final Values values;
  private final Registry registry = new Registry();
  private final Interceptors interceptors;
  private final Control control;
  private final Link link;
  private final Requests requests;
  private final Watches watches;
  private final Worker worker;
  private final LeaseKeeper leases;
  private final Clockwork pulse;
  private final Standing standing;

  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch closed = new CountDownLatch(1);
  private Life life = Life.CLIENT;
  private Link.@Nullable Channel connection;

  /** Whether functions have been registered that are about to be announced. */
  private boolean announcing;

  /** Whether nothing was left behind for the server to find out. */
  private volatile boolean endedWell = true;

  /** Connects to nothing yet. */
  public Engine(Settings settings) {
    this(settings, Platform.SYSTEM);
  }

  /** Connects to nothing yet. */
  public Engine(Settings settings, Platform platform) {
    this.settings = settings;
    this.time = platform.time();
    this.control = platform.control();
    this.standing = new Standing(time);
    this.values = new Values(settings.codec());
    this.identity = new Identity(settings.url(), settings.group(), settings.pid());
    this.link = platform.link(settings);
    this.requests = new Requests(link, time);
    this.watches = new Watches(requests, this::address, time, control);
    this.interceptors = new Interceptors(settings.interceptors());
    var process =
        new Execution.Process(
            settings.group(),
            registry,
            values,
            watches,
            new Memories(),
            new Refusals(time::nanoTime),
            control,
            new Cancellation(requests, settings.requestTimeout()),
            platform.threads(settings.functionThreads()),
            settings.replayMismatch(),
            interceptors,
            time,
            platform.probe());
    this.worker = new Worker(settings, identity, requests, process);
    this.leases = new LeaseKeeper(settings.leaseTtl(), requests, worker::executions);
    this.pulse = platform.clockwork(settings.leaseTtl(), leases::beat, watches::tick);
  }

  /** As given. */
  public Settings settings() {
    return settings;
  }

  /** See {@link dev.baton.sdk.Resonate#register(String, Functions.F0)}. */
  public void register(String name, int version, Functions.Shape function) {
    registry.register(name, version, function);
    announce();
  }

  /** See {@link dev.baton.sdk.Resonate#register(Class, Object)}. */
  public <F> void register(Class<F> type, int version, F implementation) {
    registry.register(type, version, implementation);
    announce();
  }

  /** See {@link dev.baton.sdk.Resonate#register(String, List, Functions.Untyped)}. */
  public void register(
      String name, int version, List<Type> parameters, Functions.Untyped function) {
    registry.register(name, version, parameters, function);
    announce();
  }

  /** See {@link dev.baton.sdk.Resonate#start()}. */
  public void start() {
    Link.Channel ofClient;
    lock.lock();
    try {
      checkOpen();
      if (life == Life.WORKER) {
        return;
      }
      identity.claim();
      life = Life.WORKER;
      ofClient = connection;
      connection = open(true);
    } finally {
      lock.unlock();
    }
    if (ofClient != null) {
      ofClient.close();
    }
  }

  /** See {@link dev.baton.sdk.Resonate#serve()}. */
  public void serve() {
    var hook = Thread.ofPlatform().name("resonate-stop").unstarted(this::close);
    Runtime.getRuntime().addShutdownHook(hook);
    var server = Thread.currentThread();
    var isStopping = new AtomicBoolean();
    var signals =
        new StopSignals(code -> {
          if (isStopping.compareAndSet(false, true)) {
            // Else the JVM would end with 0 as soon as the program has, whatever is left.
            Thread.ofPlatform()
                .daemon(false)
                .name("resonate-signal")
                .start(() -> stop(code, server));
          }
        });
    try {
      start();
      standing.awaitClosed(settings.refusalLimit());
      closed.await();
    } catch (ServerException e) {
      LOG.error("the server has refused this worker for {}", settings.refusalLimit());
      close();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResonateException("interrupted while serving", e);
    } finally {
      signals.close();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        LOG.debug("the process is stopping");
      }
    }
  }

  /** Ends the process in good order: first the work, then the program, then whatever it hooked. */
  private void stop(int code, Thread server) {
    close();
    try {
      server.join(AFTER_SERVING);
    } catch (InterruptedException e) {
      LOG.debug("the process ends at once");
    }
    System.exit(endedWell ? 0 : code);
  }

  /** See {@link dev.baton.sdk.Resonate#close()}. */
  public void close() {
    Life before;
    Link.Channel last;
    lock.lock();
    try {
      before = life;
      life = Life.CLOSING;
      last = connection;
    } finally {
      lock.unlock();
    }
    if (before == Life.CLOSING) {
      awaitClosed();
      return;
    }
    try {
      if (before == Life.WORKER) {
        tellServer();
        endedWell = worker.drain(settings.drainTimeout());
      }
    } finally {
      standing.is(Health.State.CLOSED, "");
      watches.close();
      pulse.close();
      if (last != null) {
        last.close();
      }
      link.close();
      control.close();
      identity.release();
      closed.countDown();
    }
  }

  /**
   * Ends at once and without a word to the server, as a process does that is killed; what is held
   * stays held until the server finds out. Functions that run are interrupted, and can store
   * nothing any more. For tests.
   */
  public void kill() {
    Link.Channel last;
    lock.lock();
    try {
      if (life == Life.CLOSING) {
        return;
      }
      life = Life.CLOSING;
      last = connection;
    } finally {
      lock.unlock();
    }
    endedWell = false;
    standing.is(Health.State.CLOSED, "");
    link.close();
    if (last != null) {
      last.close();
    }
    pulse.close();
    control.close();
    worker.abandon();
    watches.close();
    identity.release();
    closed.countDown();
  }

  /** Calls with those options. */
  public Caller caller(Options options) {
    return engineCaller(options);
  }

  /** See {@link dev.baton.sdk.Resonate#client(Class, Options)}. */
  public <F> Client<F> client(Class<F> type, Options options) {
    Interfaces.check(type);
    return new InterfaceClient<>(this, type, engineCaller(options));
  }

  private EngineCaller engineCaller(Options options) {
    return new EngineCaller(this, requests, watches, worker, registry, interceptors, options);
  }

  /** A handle of that promise. */
  public <T> Handle<T> handle(String id, Type type) {
    return handle(id, type, null);
  }

  <T> Handle<T> handle(String id, Type type, @Nullable PromiseRecord known) {
    return new WatchHandle<>(watches, values, id, type, settings.requestTimeout(), known);
  }

  /** Promises by their ids. */
  public Promises promises() {
    return new PromiseClient(requests, values, settings, time);
  }

  /** See {@link dev.baton.sdk.Resonate#promise(String, String, Class)}. */
  public <T> ExternalPromise<T> promise(String call, String name, Type type) {
    String id = Ids.promise(call, Ids.name("a promise", name));
    return new NamedPromise<>(this, new PromiseClient(requests, values, settings, time), id, type);
  }

  /** Calls by the clock. */
  public Schedules schedules() {
    return new ScheduleClient(requests, values, settings);
  }

  /** See {@link dev.baton.sdk.Resonate#health()}. */
  public Health health() {
    return standing.health(worker.load());
  }

  /** See {@link dev.baton.sdk.Resonate#heartbeats()}. */
  public Heartbeats heartbeats() {
    return leases.heartbeats();
  }

  /** How many promises are watched. */
  public int watched() {
    return watches.size();
  }

  InstantSource clock() {
    return time;
  }

  Values values() {
    return values;
  }

  Identity identity() {
    return identity;
  }

  boolean isStarted() {
    lock.lock();
    try {
      return life == Life.WORKER;
    } finally {
      lock.unlock();
    }
  }

  /** Where this process hears of settled promises; sees to it that it listens. */
  private String address() {
    lock.lock();
    try {
      if (life == Life.CLIENT && connection == null) {
        connection = open(false);
      }
      return life == Life.CLIENT ? identity.clientAddress() : identity.workerAddress();
    } finally {
      lock.unlock();
    }
  }

  private Link.Channel open(boolean works) {
    standing.is(Health.State.CONNECTING, "");
    pulse.start();
    return link.listen(
        works
            ? () -> identity.workerPath() + functions() + "&hears=settled" + room()
            : identity::clientPath,
        new Ears(works));
  }

  /** What a worker tells the server of its slots: how many it has, or how many at most. */
  private String room() {
    if (settings.slots() == 0) {
      return "";
    }
    return (settings.hasOwnSlots() ? "&slots=" : "&most=") + settings.slots();
  }

  /**
   * The functions, so that the server offers no others; nothing if they are too many to be said.
   */
  private String functions() {
    var said = new StringBuilder();
    registry
        .known()
        .forEach((name, versions) -> {
          String all = String.join(",", versions.stream().map(String::valueOf).toList());
          said.append("&has=").append(Targets.encode(name)).append(':').append(all);
        });
    if (said.length() > MOST_ANNOUNCED) {
      LOG.info("too many functions to announce them: tasks for others come here, too");
      return "";
    }
    return said.toString();
  }

  /** What is registered after the start is announced on another connection, several at once. */
  private void announce() {
    lock.lock();
    try {
      if (life != Life.WORKER || announcing) {
        return;
      }
      announcing = true;
    } finally {
      lock.unlock();
    }
    control.after(ANNOUNCE_AFTER, this::reconnect);
  }

  private void reconnect() {
    Link.Channel current;
    lock.lock();
    try {
      announcing = false;
      current = life == Life.WORKER ? connection : null;
    } finally {
      lock.unlock();
    }
    if (current != null) {
      current.renew();
    }
  }

  private void checkOpen() {
    if (life == Life.CLOSING) {
      throw new ResonateException("this Resonate is closed");
    }
  }

  private void tellServer() {
    var told = new CountDownLatch(1);
    control.execute(() -> {
      try {
        link.drain(identity);
      } catch (IOException e) {
        LOG.debug("the server was not told to drain: {}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        told.countDown();
      }
    });
    try {
      if (!told.await(DRAIN_CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("the server has not answered that this worker drains");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is done with what is heard. */
  private final class Ears implements PollConnection.Listener {

    private final boolean works;
    private boolean wasConnected;

    Ears(boolean works) {
      this.works = works;
    }

    @Override
    public void connected() {
      LOG.info("connected to {} as {} of {}", settings.url(), identity.pid(), settings.group());
      standing.is(Health.State.CONNECTED, "");
      requests.serverIsThere();
      watches.reconnected();
      if (wasConnected && works) {
        control.execute(leases::verify);
      }
      wasConnected = true;
    }

    @Override
    public void disconnected() {
      standing.is(Health.State.CONNECTING, "the connection has ended");
      // Leases end a second after a connection breaks, unless the process shows that it lives.
      pulse.now();
    }

    @Override
    public void received(Message message) {
      switch (message) {
        case Message.Execute execute -> {
          if (works) {
            worker.offered(execute);
          }
        }
        case Message.Unblock(var promise) -> watches.settled(promise);
        case Message.Settled settled -> worker.settled(settled);
      }
    }

    @Override
    public void refused(int status, String text) {
      if (status == 429 || status == 503) {
        standing.is(Health.State.CONNECTING, "the server is too busy: " + text);
      } else {
        standing.refused(status, text);
      }
    }

    @Override
    public void unreachable(String why) {
      standing.is(Health.State.CONNECTING, why);
    }

    @Override
    public void taken() {
      if (works) {
        identity.taken();
      }
    }
  }
}
