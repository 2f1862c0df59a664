package dev.baton.server.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;

/** Lets browsers call from the configured origins (protocol section 3). Off without any. */
public final class Cors {

  private static final String METHODS = "GET,POST,PUT,PATCH,DELETE,OPTIONS";
  private static final String HEADERS = "origin,content-length,content-type,authorization";

  private final Set<String> origins;

  public Cors(List<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Adds what the answer must carry; answers a preflight itself and then says true. */
  public boolean handle(HttpServerRequest request) {
    String origin = origins.isEmpty() ? null : request.getHeader("origin");
    if (origin == null) {
      return false;
    }
    boolean isOpen = origins.contains("*");
    if (isOpen || origins.contains(origin)) {
      request.response().putHeader("access-control-allow-origin", isOpen ? "*" : origin);
      request.response().putHeader("vary", "origin");
    }
    boolean isPreflight =
        request.method().equals(HttpMethod.OPTIONS)
            && request.getHeader("access-control-request-method") != null;
    if (isPreflight) {
      String asked = request.getHeader("access-control-request-headers");
      request
          .response()
          .putHeader("access-control-allow-methods", METHODS)
          .putHeader("access-control-allow-headers", isOpen && asked != null ? asked : HEADERS);
      Texts.empty(request, 200);
    }
    return isPreflight;
  }
}
