package dev.baton.sdk.internal;

import dev.baton.protocol.Message;
import dev.baton.sdk.Caller;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Options;
import dev.baton.sdk.Promises;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.Schedules;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.watch.WatchHandle;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.HttpTransport;
import dev.baton.sdk.internal.wire.PollConnection;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import dev.baton.sdk.internal.work.Execution;
import dev.baton.sdk.internal.work.LeaseKeeper;
import dev.baton.sdk.internal.work.Memories;
import dev.baton.sdk.internal.work.Pulse;
import dev.baton.sdk.internal.work.Worker;
import java.io.IOException;
import java.lang.reflect.Type;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

  /** Who only waits for results must not be offered tasks, so it listens beside the group. */
  private static final String CLIENTS = "-clients";

  private final Settings settings;
  private final InstantSource clock = InstantSource.system();

  /**
   * Tells this run of the process from an earlier one with the same pid, whose leases are over. Who
   * knows it may drain this worker, so nobody is to guess it.
   */
  private final String run = HexFormat.of().toHexDigits(new SecureRandom().nextLong());

  private final Registry registry = new Registry();
  private final HttpTransport transport;
  private final Requests requests;
  private final Watches watches;
  private final Worker worker;
  private final LeaseKeeper leases;
  private final Pulse pulse;

  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch closed = new CountDownLatch(1);
  private Life life = Life.CLIENT;
  private @Nullable PollConnection connection;

  /** Connects to nothing yet. */
  public Engine(Settings settings) {
    this.settings = settings;
    this.transport = new HttpTransport(settings);
    this.requests = new Requests(transport);
    this.watches = new Watches(requests, this::address, clock);
    var process =
        new Execution.Process(
            settings.group(), settings.pid(), registry, watches, new Memories(), clock);
    this.worker = new Worker(settings, requests, process);
    this.leases = new LeaseKeeper(settings.pid(), requests, worker::executions);
    this.pulse = new Pulse(settings.leaseTtl(), leases, watches);
  }

  /** As given. */
  public Settings settings() {
    return settings;
  }

  /** See {@link dev.baton.sdk.Resonate#register(String, Functions.F0)}. */
  public void register(String name, Functions.Shape function) {
    registry.register(name, function);
  }

  /** See {@link dev.baton.sdk.Resonate#register(String, List, Functions.Untyped)}. */
  public void register(String name, List<Type> parameters, Functions.Untyped function) {
    registry.register(name, parameters, function);
  }

  /** See {@link dev.baton.sdk.Resonate#start()}. */
  public void start() {
    PollConnection ofClient;
    lock.lock();
    try {
      checkOpen();
      if (life == Life.WORKER) {
        return;
      }
      life = Life.WORKER;
      ofClient = connection;
      String slots = settings.slots() == 0 ? "" : "&slots=" + settings.slots();
      connection = open(settings.group(), slots, true);
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
    try {
      start();
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResonateException("interrupted while serving", e);
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        LOG.debug("the process is stopping");
      }
    }
  }

  /** See {@link dev.baton.sdk.Resonate#close()}. */
  public void close() {
    Life before;
    PollConnection last;
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
    if (before == Life.WORKER) {
      tellServer();
      worker.drain(settings.drainTimeout());
    }
    watches.close();
    pulse.close();
    if (last != null) {
      last.close();
    }
    transport.close();
    closed.countDown();
  }

  /** Calls with those options. */
  public Caller caller(Options options) {
    return new EngineCaller(this, requests, watches, worker, registry, options);
  }

  /** A handle of that promise. */
  public <T> Handle<T> handle(String id, Type type) {
    return new WatchHandle<>(watches.of(id), type, settings.requestTimeout());
  }

  /** Promises by their ids. */
  public Promises promises() {
    return new PromiseClient(requests, settings, clock);
  }

  /** Calls by the clock. */
  public Schedules schedules() {
    return new ScheduleClient(requests, settings);
  }

  InstantSource clock() {
    return clock;
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
        connection = open(settings.group() + CLIENTS, "", false);
      }
      String group = life == Life.CLIENT ? settings.group() + CLIENTS : settings.group();
      return Targets.only(group, settings.pid());
    } finally {
      lock.unlock();
    }
  }

  private PollConnection open(String group, String query, boolean works) {
    var path =
        "/poll/"
            + Targets.encode(group)
            + "/"
            + Targets.encode(settings.pid())
            + "?run="
            + run
            + query;
    var opened = new PollConnection(transport, path, new Ears(works), PollConnection.SILENCE);
    pulse.start();
    opened.open();
    return opened;
  }

  private void checkOpen() {
    if (life == Life.CLOSING) {
      throw new ResonateException("this Resonate is closed");
    }
  }

  private void tellServer() {
    var call =
        Thread.ofVirtual()
            .name("resonate-drain")
            .start(() -> {
              try {
                transport.drain(run);
              } catch (IOException e) {
                LOG.debug("the server was not told to drain: {}", e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      call.join(DRAIN_CALL_LIMIT);
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
      LOG.info("connected to {} as {} of {}", settings.url(), settings.pid(), settings.group());
      watches.reconnected();
      if (wasConnected && works) {
        Thread.ofVirtual().name("resonate-verify").start(leases::verify);
      }
      wasConnected = true;
    }

    @Override
    public void disconnected() {
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
      }
    }
  }
}
