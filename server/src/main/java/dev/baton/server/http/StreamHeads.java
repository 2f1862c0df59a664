package dev.baton.server.http;

import dev.baton.server.memory.Account;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the requests of a connection of HTTP/2, each until its stream is closed. Lives on
 * the connection's event loop.
 */
final class StreamHeads extends Http2ConnectionAdapter {

  private static final AttributeKey<StreamHeads> KEY = AttributeKey.valueOf("stream-heads");

  private final Account account;
  private final Map<Integer, HeadRoom> rooms = new HashMap<>();
  private boolean isListening;

  private StreamHeads(Account account) {
    this.account = account;
  }

  /** The heads of a connection are to be held against an account. */
  static void on(Channel connection, Account account) {
    connection.attr(KEY).set(new StreamHeads(account));
  }

  /** The room of a stream's head; null if nothing is counted, or the stream is over. */
  static @Nullable HeadRoom of(Channel connection, int stream) {
    StreamHeads heads = connection.attr(KEY).get();
    Http2ConnectionHandler handler = connection.pipeline().get(Http2ConnectionHandler.class);
    return heads == null || handler == null ? null : heads.of(handler.connection(), stream);
  }

  private @Nullable HeadRoom of(Http2Connection connection, int stream) {
    if (connection.stream(stream) == null) {
      return null;
    }
    if (!isListening) {
      isListening = true;
      connection.addListener(this);
    }
    return rooms.computeIfAbsent(stream, _ -> new HeadRoom(account));
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    HeadRoom room = rooms.remove(stream.id());
    if (room != null) {
      room.release();
    }
  }
}
