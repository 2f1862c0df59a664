package dev.baton.server.http;

import io.vertx.core.http.HttpServerRequest;

/** Another API on the same port. */
public interface FurtherApi {

  /** Whether paths that start with that segment are its own. */
  boolean handles(String firstSegment);

  /** Handles a request whose path starts with that segment, on its event loop. */
  void handle(HttpServerRequest request, String firstSegment);
}
