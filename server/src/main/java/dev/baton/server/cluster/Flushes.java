package dev.baton.server.cluster;

import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets what a busy connection between servers is given in one round of its event loop leave in one
 * piece: each message of its own would be a call of the system of its own, at both ends.
 */
final class Flushes {

  /** So many messages leave at once at most. */
  private static final int MOST = 64;

  private Flushes() {}

  /** From now on. */
  static void gather(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      Channel channel = base.channel();
      channel
          .eventLoop()
          .execute(() -> {
            if (channel.isActive()) {
              channel.pipeline().addFirst(new FlushConsolidationHandler(MOST, true));
            }
          });
    }
  }
}
