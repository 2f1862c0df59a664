package dev.baton.server.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No request goes without an answer: what fails unexpectedly is logged once and answered 500. */
public final class Guard {

  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private static final String TWO_HOSTS = "the request has more than one Host header";

  private Guard() {}

  /** The handler for requests that can be read; the others are answered 400. */
  public static Handler<HttpServerRequest> around(Handler<HttpServerRequest> handler) {
    return request -> {
      request.response().exceptionHandler(_ -> {}); // A peer that left is no news.
      try {
        if (hasUnknownCoding(request)) {
          request.connection().close(); // With an answer, what follows would be read, too.
          return;
        }
        String fault = hasTwoHosts(request) ? TWO_HOSTS : Path.fault(request);
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

  /** Who is meant is not known then, and a proxy before this server may believe another of them. */
  private static boolean hasTwoHosts(HttpServerRequest request) {
    return request.headers().getAll(HttpHeaders.HOST).size() > 1;
  }

  /**
   * Where such a request ends is not known, and what follows must not be taken for the next one.
   */
  private static boolean hasUnknownCoding(HttpServerRequest request) {
    String coding = request.getHeader("transfer-encoding");
    return coding != null && !coding.equalsIgnoreCase("chunked");
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
