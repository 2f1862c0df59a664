package dev.baton.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What leaves open where a request of HTTP/1 ends, so that nothing behind it may be taken for the
 * next, and heads that are not taken in. Vert.x would close the connection, and without a word
 * where it is the body.
 */
enum Framing {
  MALFORMED_HEAD(HttpResponseStatus.BAD_REQUEST, "the head of the request is malformed\n"),
  LONG_LINE(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long\n"),
  LARGE_HEAD(
      HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's headers are too large\n"),
  MANY_HEADERS(
      HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
      "the request has more than " + Heads.MOST_HEADERS + " headers\n"),
  NO_ROOM(HttpResponseStatus.SERVICE_UNAVAILABLE, Heads.NO_ROOM + "\n"),
  UNKNOWN_CODING(
      HttpResponseStatus.NOT_IMPLEMENTED, "the only transfer coding of a body is chunked\n"),
  MALFORMED_CHUNKS(HttpResponseStatus.BAD_REQUEST, "the chunks of the body are malformed\n");

  private final HttpResponseStatus status;
  private final String text;

  Framing(HttpResponseStatus status, String text) {
    this.status = status;
    this.text = text;
  }

  /** What is wrong with a part of a request, or null if it is sound. */
  static @Nullable Framing faultOf(Object part) {
    if (part instanceof HttpRequest head) {
      Throwable cause = head.decoderResult().cause();
      return cause == null ? ofSoundHead(head) : ofHead(cause);
    }
    return part instanceof HttpContent content && content.decoderResult().isFailure()
        ? MALFORMED_CHUNKS
        : null;
  }

  private static Framing ofHead(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> LONG_LINE;
      case TooLongHttpHeaderException _ -> LARGE_HEAD;
      default -> MALFORMED_HEAD;
    };
  }

  private static @Nullable Framing ofSoundHead(HttpRequest head) {
    if (hasTooManyHeaders(head)) {
      return MANY_HEADERS;
    }
    return hasUnknownCoding(head) ? UNKNOWN_CODING : null;
  }

  /** Their size is that of their names without repetition. */
  private static boolean hasTooManyHeaders(HttpRequest head) {
    int count = 0;
    for (var each = head.headers().iteratorCharSequence(); each.hasNext(); each.next()) {
      count++;
    }
    return count > Heads.MOST_HEADERS;
  }

  private static boolean hasUnknownCoding(HttpRequest head) {
    List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.size() > 1
        || (codings.size() == 1
            && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()));
  }

  /** What its sender is told before the connection is closed. */
  FullHttpResponse refusal() {
    FullHttpResponse refusal =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    refusal
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, text.length());
    if (this == NO_ROOM) {
      refusal.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
    }
    return refusal;
  }
}
