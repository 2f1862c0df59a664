package dev.baton.server.http;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * The heads of open requests: what they take is held against an account until the request is over.
 * Of HTTP/1 {@link Turns} sees when that is, of HTTP/2 {@link StreamHeads}. On the request's event
 * loop.
 */
public final class Heads {

  /** More headers than anybody sends take far more memory than their text. */
  static final int MOST_HEADERS = 200;

  static final String NO_ROOM =
      "the server has no room for the head of the request beside those of others";

  /** HTTP/2's word for a request that has been answered before it had come. */
  private static final long NO_ERROR = 0;

  private Heads() {}

  /**
   * A connection has shown which HTTP it speaks; after {@link Turns} have been told of it.
   *
   * @param isOfServer whether it is another server's, which holds its clients to their parts itself
   */
  public static void hold(HttpConnection connection, HeadAccount heads, boolean isOfServer) {
    if (connection instanceof ConnectionBase base
        && base.channel().pipeline().get(Turns.class) == null) {
      Channel channel = base.channel();
      HeadAccount.Share share = isOfServer ? heads.whole(channel) : heads.of(channel);
      // Another server's clients have been counted there, each on a connection or a stream.
      StreamHeads.on(channel, () -> isOfServer ? new HeadRoom(share) : HeadRoom.ofStream(share));
      Fields.check(channel);
    }
  }

  /** Whether there is room for the head of a request of HTTP/2 that has just come. */
  static boolean isLetIn(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      return true; // It has been looked at.
    }
    HeadRoom room = room(request);
    return room == null || room.tryTake(request.uri(), request.headers().iterator());
  }

  /**
   * Takes room for what is made of a request's head and kept as long, or none and answers false.
   */
  public static boolean tryTake(HttpServerRequest request, long bytes) {
    HeadRoom room = room(request);
    return room == null || room.tryTake(bytes);
  }

  /** Refuses a request whose head has no room. */
  public static void refuse(HttpServerRequest request) {
    request.response().putHeader("retry-after", "1");
    Texts.refuse(request, 503, NO_ROOM);
    awaitNoBody(request);
  }

  /**
   * Ends the stream of a request that has been answered: its head would stay for as long as its
   * body does not come.
   */
  public static void awaitNoBody(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2
        && request.connection() instanceof ConnectionBase base) {
      // Whether a body comes shows only then.
      base.channel().eventLoop().execute(() -> endStream(request));
    }
  }

  private static void endStream(HttpServerRequest request) {
    if (!request.isEnded()) {
      request.response().reset(NO_ERROR);
    }
  }

  /** A request that may stay open for long: nobody asks for its headers any more. */
  static void forgetHeaders(HttpServerRequest request) {
    request.headers().clear();
    HeadRoom room = room(request);
    if (room != null) {
      room.forgetHeaders();
    }
  }

  private static @Nullable HeadRoom room(HttpServerRequest request) {
    if (!(request.connection() instanceof ConnectionBase base)) {
      return null;
    }
    if (request.version() == HttpVersion.HTTP_2) {
      return StreamHeads.of(base.channel(), request.streamId());
    }
    Turns turns = base.channel().pipeline().get(Turns.class);
    return turns == null ? null : turns.headRoom();
  }
}
