package dev.baton.server.cluster;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Asks the other end of a connection for a sign of life: of its process, not only of its kernel.
 * One that is frozen, or does not come to read, is cut off instead of being waited for.
 */
final class Pings {

  private Pings() {}

  /** Sends one, and closes the connection if no answer comes in time. */
  static void look(Vertx vertx, HttpConnection connection, long patienceMs) {
    boolean[] isAnswered = new boolean[1];
    long timer =
        vertx.setTimer(
            patienceMs,
            _ -> {
              if (!isAnswered[0]) {
                cut(connection);
              }
            });
    connection
        .ping(Buffer.buffer(new byte[8]))
        .onSuccess(_ -> {
          isAnswered[0] = true;
          vertx.cancelTimer(timer);
        });
  }

  /** Ends a connection at once, whatever is under way on it: no farewell could be heard. */
  static void cut(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      Channel channel = base.channel();
      channel.eventLoop().execute(() -> channel.unsafe().close(channel.unsafe().voidPromise()));
    } else {
      connection.close();
    }
  }
}
