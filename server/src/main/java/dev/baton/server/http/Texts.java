package dev.baton.server.http;

import dev.baton.server.auth.Refusal;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** Plain answers of the endpoints that are not envelopes, and no answer at all. */
public final class Texts {

  /** HTTP/2's word for a request of which nothing has happened. */
  private static final long REFUSED_STREAM = 0x7;

  /** Its word for a request whose answer is wanted no more. */
  private static final long CANCELLED_STREAM = 0x8;

  private Texts() {}

  /** Refuses a request with a line of text. */
  public static void refuse(HttpServerRequest request, int status, String text) {
    refuse(request.response(), status, text);
  }

  static void refuse(HttpServerResponse response, int status, String text) {
    response
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .end(text + "\n");
  }

  /** Refuses a request for its token. */
  public static void refuse(HttpServerRequest request, Refusal refusal) {
    challenge(request, refusal);
    refuse(request, refusal.status(), refusal.text());
  }

  /** Adds the headers that say what is wrong with a request's token. */
  public static void challenge(HttpServerRequest request, Refusal refusal) {
    if (refusal == Refusal.TOO_MANY) {
      request.response().putHeader("retry-after", "1");
    } else {
      request.response().putHeader("www-authenticate", refusal.challenge());
    }
  }

  /** Ends a request without an answer, as if the server were gone. */
  public static void drop(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(REFUSED_STREAM);
    } else {
      request.connection().close();
    }
  }

  /**
   * Ends a request on its event loop without waiting for a peer that does not read: what has been
   * written and not taken is forgotten.
   */
  static void cut(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(CANCELLED_STREAM);
    } else if (request.connection() instanceof ConnectionBase connection) {
      Channel channel = connection.channel();
      channel.unsafe().close(channel.voidPromise());
    }
  }

  /** Answers with a status and nothing else. */
  public static void empty(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).putHeader("content-length", "0").end();
  }

  /** Bytes that nobody changes any more, as they are and not copied. */
  public static Buffer wrapped(byte[] bytes) {
    return BufferImpl.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
