package dev.baton.server.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** The head of every stream of server-sent events. */
public final class EventStream {

  /**
   * How often something is written at least, in milliseconds: who hears nothing for several times
   * as long has lost its server.
   */
  private static final String KEEP_ALIVE = "baton-keep-alive-ms";

  private EventStream() {}

  /**
   * Prepares the answer, so that proxies neither hold back, nor change, nor compress what is
   * written. The first write sends it, and should follow at once. The headers of the request are
   * forgotten: it stays open for long.
   *
   * @param keepAlive the longest time without a write
   * @return false if only the head was asked for; then the answer is over
   */
  public static boolean begin(HttpServerRequest request, Duration keepAlive) {
    var response =
        request
            .response()
            .putHeader("content-type", "text/event-stream")
            .putHeader("cache-control", "no-cache, no-transform")
            .putHeader("x-accel-buffering", "no")
            .putHeader(KEEP_ALIVE, Long.toString(keepAlive.toMillis()));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
      return false;
    }
    response.setChunked(true);
    Heads.forgetHeaders(request);
    return true;
  }
}
