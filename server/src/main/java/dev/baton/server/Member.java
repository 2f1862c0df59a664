package dev.baton.server;

import dev.baton.server.cluster.Owner;
import dev.baton.server.cluster.OwnershipView;
import dev.baton.server.cluster.Replica;
import dev.baton.server.cluster.Succession;
import dev.baton.server.config.Hosts;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Intake;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.storage.Storage;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server as one of several over one store: it has a shard for as long as it owns the store, which
 * may be never, or more than once.
 */
final class Member {

  /** How long answers may take to be written that have been decided. */
  private static final long MOST_ANSWERING_MS = 500;

  private final Shard.Host host;
  private final OwnershipView view = new OwnershipView();
  private final Succession succession = new Succession();
  private final Replica replica;
  private volatile String wireUrl = "";
  private volatile int wirePort;
  private volatile @Nullable Shard shard;

  Member(Shard.Host host) {
    this.host = host;
    ServerConfig config = host.config();
    this.replica =
        new Replica(
            host.vertx(),
            config,
            secret(config),
            host.authenticator(),
            view,
            succession,
            new Intake(
                host.memory().account(MemoryLedger.Part.REQUESTS), config.http().bodyTimeout()),
            host.answers(),
            host.metrics(),
            host.tracing().requests(),
            () -> {
              Shard own = shard;
              return own == null || own.engine().isAlive();
            },
            () -> {
              Shard own = shard;
              return own != null && own.engine().isHealthy();
            });
  }

  /** Without one nobody else gets in. */
  private static String secret(ServerConfig config) {
    String given = config.cluster().secret();
    if (given != null) {
      return given;
    }
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  Replica replica() {
    return replica;
  }

  /** What it does when it leaves as the owner. */
  Succession succession() {
    return succession;
  }

  OwnershipView view() {
    return view;
  }

  /** What runs here while this server owns the store. */
  @Nullable Shard shard() {
    return shard;
  }

  /**
   * The wire listens.
   *
   * @param url where this server itself reaches it: streams of its own clients take it, too
   */
  void wireAt(String url, int port) {
    wireUrl = url;
    wirePort = port;
  }

  /** Where the other servers reach this one; null if they do not. */
  @Nullable String publicUrl() {
    ServerConfig config = host.config();
    if (config.cluster().secret() == null) {
      return null;
    }
    String url = config.cluster().url();
    return url == null ? "http://" + Hosts.inUrl(config.http().host()) + ":" + wirePort : url;
  }

  /**
   * This server owns the store from now on: loads what is live and begins to work.
   *
   * @param epoch that of its ownership
   * @param whenDeposed called on the engine's thread when another turns out to own it
   */
  Shard own(long epoch, Storage storage, Consumer<Shard> whenDeposed) {
    return own(epoch, prepare(storage), whenDeposed);
  }

  /** Makes what will run here when this server owns the store, and starts nothing of it. */
  Shard prepare(Storage storage) {
    return new Shard(host, storage);
  }

  /** The same as {@link #own(long, Storage, Consumer)} with what has been prepared. */
  synchronized Shard own(long epoch, Shard started, Consumer<Shard> whenDeposed) {
    started.engine().whenDeposed(() -> whenDeposed.accept(started));
    try {
      started.start();
    } catch (RuntimeException | Error e) {
      started.abandon();
      throw e;
    }
    started.engine().reachable();
    shard = started;
    view.set(new Owner(epoch, wireUrl, new ShardHere(started)));
    return started;
  }

  /**
   * Another server owns the store, or nobody: what is known here is forgotten, and nobody who waits
   * is answered from it.
   *
   * @return what has ended; its store stays open; null if there was none
   */
  synchronized @Nullable Shard follow(@Nullable Owner next) {
    Shard left = shard;
    shard = null;
    view.set(next);
    if (left != null) {
      left.abandon();
    }
    return left;
  }

  /**
   * A shard is not the owner's any more; if it still is the one that is here, nobody is known to
   * own the store from now on.
   */
  synchronized @Nullable Shard giveUp(Shard former) {
    return shard == former ? follow(null) : null;
  }

  /**
   * Takes nothing more, and finishes what has been taken, of the shard that is here.
   *
   * @param finished called if all of it was finished and answered; the connections on which it was
   *     are not ended before this returns
   * @return whether it was
   */
  synchronized boolean finish(Shard own, Runnable finished) {
    boolean isFinished = shard == own && own.finish();
    replica.awaitAnswers(MOST_ANSWERING_MS);
    if (isFinished) {
      finished.run();
    }
    replica.awaitFlushed();
    return isFinished;
  }

  /**
   * Takes nothing more, and finishes what has been taken, so that another can take over.
   *
   * @return what has ended; its store stays open; null if there was none
   */
  synchronized @Nullable Shard stepDown() {
    Shard left = shard;
    if (left == null) {
      return null;
    }
    left.finish();
    replica.awaitAnswers(MOST_ANSWERING_MS);
    replica.awaitFlushed();
    shard = null;
    view.set(null);
    left.abandon();
    return left;
  }

  /** Finishes what has been taken, if anything was, and ends the streams. */
  void close() {
    Shard left = stepDown();
    if (left != null) {
      left.storage().close();
    }
    replica.endStreams();
    replica.close();
  }
}
