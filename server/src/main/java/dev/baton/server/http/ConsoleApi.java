package dev.baton.server.http;

import dev.baton.server.auth.Grant;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** What the console's page reads, beside what others read, too. */
public interface ConsoleApi {

  /** Whether the page may change something. */
  boolean allowsActions();

  /**
   * Handles a path that starts with {@code whoami}, {@code live} or {@code calls}, or one of {@code
   * console/api} that is no command, on its event loop; its segments are decoded.
   */
  void handle(HttpServerRequest request, List<String> path, Grant grant);

  /** Ends the streams. */
  void close();
}
