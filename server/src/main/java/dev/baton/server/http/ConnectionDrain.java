package dev.baton.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a server leaves while others go on, and what it says on its connections then: what a
 * client sends on one that is being closed is lost, so clients are to leave by themselves. Of
 * HTTP/1 the next answer says that it is the last ({@link Turns}), of HTTP/2 a GOAWAY says that no
 * more requests are to begin. What comes nevertheless is answered. Thread-safe.
 */
public final class ConnectionDrain {

  private static final long NO_ERROR = 0;

  /** None that has begun, or is on its way, is refused (RFC 9113, section 6.8). */
  private static final int ANY_STREAM = Integer.MAX_VALUE;

  /** Connections of HTTP/1. */
  private final Map<Channel, Turns> inTurns = new ConcurrentHashMap<>();

  private final Set<ConnectionBase> multiplexed = ConcurrentHashMap.newKeySet();
  private volatile boolean hasBegun;

  /** Whether it leaves. */
  public boolean hasBegun() {
    return hasBegun;
  }

  /** A connection speaks HTTP/1. */
  void add(Channel connection, Turns turns) {
    inTurns.put(connection, turns);
  }

  /** It does not any more. */
  void remove(Channel connection) {
    inTurns.remove(connection);
  }

  /** A connection has shown which HTTP it speaks. On its event loop. */
  public void connected(HttpConnection connection) {
    if (connection instanceof ConnectionBase base
        && base.channel().pipeline().get(Http2ConnectionHandler.class) != null) {
      multiplexed.add(base);
      base.channel().closeFuture().addListener(_ -> multiplexed.remove(base));
      if (hasBegun) {
        tell(base);
      }
    }
  }

  /** From now on clients are told. */
  public void begin() {
    hasBegun = true;
    multiplexed.forEach(ConnectionDrain::tell);
  }

  private static void tell(ConnectionBase connection) {
    Channel channel = connection.channel();
    channel
        .eventLoop()
        .execute(() -> {
          if (channel.isActive()) {
            ((HttpConnection) connection).goAway(NO_ERROR, ANY_STREAM);
          }
        });
  }

  /**
   * Closes connections of HTTP/1 on which nothing is under way, and waits until the others have
   * ended with their answers, or for so long. Not on an event loop.
   */
  public void awaitAnswers(long mostMs) {
    inTurns.forEach((connection, turns) ->
        connection
            .eventLoop()
            .execute(() -> {
              if (turns.state() == Turns.State.FREE && !turns.isUnderWay()) {
                connection.close();
              }
            }));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    try {
      while (awaitQuiet(end)) {
        // Meanwhile more may have come, on these connections or on others.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until the last of those that are there says that nothing is under way; answers whether
   * something was, and there is time left.
   */
  private boolean awaitQuiet(long end) throws InterruptedException {
    Map<Channel, Turns> all = Map.copyOf(inTurns);
    CountDownLatch quiet = new CountDownLatch(all.size());
    AtomicBoolean wasUnderWay = new AtomicBoolean();
    all.forEach((connection, turns) ->
        connection
            .eventLoop()
            .execute(() -> {
              if (turns.whenQuiet(quiet::countDown)) {
                wasUnderWay.set(true);
              }
            }));
    boolean isQuiet = quiet.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    return isQuiet && wasUnderWay.get();
  }
}
