package dev.baton.server.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No request goes without an answer: what fails unexpectedly is logged once and answered 500. */
public final class Guard {

  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private Guard() {}

  /** The handler for requests that can be read; the others are answered 400. */
  public static Handler<HttpServerRequest> around(Handler<HttpServerRequest> handler) {
    return request -> {
      request.response().exceptionHandler(_ -> {}); // A peer that left is no news.
      try {
        if (!Heads.isLetIn(request)) {
          Heads.refuse(request);
          return;
        }
        String fault = Host.fault(request);
        fault = fault == null ? Path.fault(request) : fault;
        if (fault == null) {
          handler.handle(request);
        } else {
          Texts.refuse(request, 400, fault);
        }
      } catch (RuntimeException | Error e) {
        failed(request, e);
      }
    };
  }

  /** Goes on with a request, on its event loop. */
  static void run(HttpServerRequest request, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      failed(request, e);
    }
  }

  private static void failed(HttpServerRequest request, Throwable cause) {
    LOG.error("{} {} failed", request.method(), request.path(), cause);
    fail(request.response());
  }

  /** Answers 500; what has begun to answer otherwise is broken off. */
  public static void fail(HttpServerResponse response) {
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
    } else {
      Texts.refuse(response, 500, "Internal error: the server's log says more");
    }
  }
}
