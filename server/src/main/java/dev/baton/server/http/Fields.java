package dev.baton.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;

/**
 * Resets streams of HTTP/2 whose headers or trailers are malformed (RFC 9113, section 8.2.1): a
 * line end or NUL in one would be something else where it is passed on as text. Lives on the
 * connection's event loop.
 */
final class Fields extends Http2FrameListenerDecorator {

  private Fields(Http2FrameListener next) {
    super(next);
  }

  /** From now on the fields of a connection of HTTP/2 are looked at. */
  static void check(Channel connection) {
    var handler = connection.pipeline().get(Http2ConnectionHandler.class);
    if (handler != null) {
      handler.decoder().frameListener(new Fields(handler.decoder().frameListener()));
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean isEnd)
      throws Http2Exception {
    check(stream, headers);
    super.onHeadersRead(context, stream, headers, padding, isEnd);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean isExclusive,
      int padding,
      boolean isEnd)
      throws Http2Exception {
    check(stream, headers);
    super.onHeadersRead(context, stream, headers, dependency, weight, isExclusive, padding, isEnd);
  }

  private static void check(int stream, Http2Headers headers) throws Http2Exception {
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      if (!isName(field.getKey()) || !isValue(field.getValue())) {
        throw Http2Exception.streamError(
            stream, Http2Error.PROTOCOL_ERROR, "a field's name or value is malformed");
      }
    }
  }

  /** Pseudo-header fields begin with the only colon there may be. */
  static boolean isName(CharSequence name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z') || (c == ':' && i > 0)) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  static boolean isValue(CharSequence value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\r' || c == '\n' || c == '\0') {
        return false;
      }
    }
    return value.isEmpty()
        || !(isBlank(value.charAt(0)) || isBlank(value.charAt(value.length() - 1)));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
