package dev.baton.server.http;

import io.vertx.core.http.HttpServerRequest;

/** Plain answers of the endpoints that are not envelopes. */
public final class Texts {

  private Texts() {}

  /** Refuses a request with a line of text. */
  public static void refuse(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .end(text + "\n");
  }

  /** Answers with a status and nothing else. */
  static void empty(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).putHeader("content-length", "0").end();
  }
}
