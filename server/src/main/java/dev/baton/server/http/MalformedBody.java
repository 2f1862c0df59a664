package dev.baton.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * A body of HTTP/1 whose chunks are none. Where it ends is not known, so nothing behind it is read.
 * Vert.x would close the connection without a word.
 */
final class MalformedBody {

  private static final String TEXT = "the chunks of the body are malformed\n";

  private MalformedBody() {}

  /** Whether that is what the decoder says of a part of a body. */
  static boolean isPart(Object decoded) {
    return decoded instanceof HttpContent content && content.decoderResult().isFailure();
  }

  /** What its sender is told before the connection is closed. */
  static FullHttpResponse refusal() {
    FullHttpResponse refusal =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.BAD_REQUEST,
            Unpooled.copiedBuffer(TEXT, StandardCharsets.US_ASCII));
    refusal
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, TEXT.length());
    return refusal;
  }
}
