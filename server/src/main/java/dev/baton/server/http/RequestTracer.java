package dev.baton.server.http;

import dev.baton.protocol.Request;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Is shown each sound request of the protocol. */
public interface RequestTracer {

  /** Looks at none. */
  RequestTracer OFF = (http, request, started) -> null;

  /** Hears of the answer to one request. */
  @FunctionalInterface
  interface Ongoing {
    /** It has been answered; called once, on its event loop. */
    void answered(int status);
  }

  /**
   * A request is about to be done, on its event loop.
   *
   * @param started {@link System#nanoTime} when it had been read
   * @return who wants to hear of its answer; null for nobody
   */
  @Nullable Ongoing begin(HttpServerRequest http, Request request, long started);
}
