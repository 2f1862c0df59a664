package dev.baton.server.http;

import dev.baton.server.auth.Grant;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Where workers wait for messages; the edge knows no more of it. */
public interface WorkerChannel {

  /**
   * Opens a stream for as long as the token is good, or says why not. The path is {@code [poll,
   * group, id]}, decoded.
   */
  void handle(HttpServerRequest request, List<String> path, Grant grant);

  /** Ends all streams. */
  void close();
}
