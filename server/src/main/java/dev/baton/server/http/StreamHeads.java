package dev.baton.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the requests of a connection of HTTP/2, each until its stream is closed. Lives on
 * the connection's event loop.
 */
final class StreamHeads extends Http2ConnectionAdapter {

  private static final AttributeKey<StreamHeads> KEY = AttributeKey.valueOf("stream-heads");

  private final Supplier<HeadRoom> newRoom;
  private final Map<Integer, HeadRoom> rooms = new HashMap<>();
  private boolean isListening;

  private StreamHeads(Supplier<HeadRoom> newRoom) {
    this.newRoom = newRoom;
  }

  /** The heads of a connection are to be held, each in a room of its own. */
  static void on(Channel connection, Supplier<HeadRoom> newRoom) {
    connection.attr(KEY).set(new StreamHeads(newRoom));
  }

  /** The room of a stream's head; null if nothing is counted, or the stream is over. */
  static @Nullable HeadRoom of(Channel connection, int stream) {
    StreamHeads streams = connection.attr(KEY).get();
    Http2ConnectionHandler handler = connection.pipeline().get(Http2ConnectionHandler.class);
    return streams == null || handler == null ? null : streams.of(handler.connection(), stream);
  }

  private @Nullable HeadRoom of(Http2Connection connection, int stream) {
    if (connection.stream(stream) == null) {
      return null;
    }
    if (!isListening) {
      isListening = true;
      connection.addListener(this);
    }
    return rooms.computeIfAbsent(stream, _ -> newRoom.get());
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    HeadRoom room = rooms.remove(stream.id());
    if (room != null) {
      room.release();
    }
  }
}
