package dev.baton.server.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the query of a request may say. */
public final class Parameters {

  private static final int SHOWN = 40;

  private Parameters() {}

  /**
   * Why the query says something else or something twice, or null if it does not: who misspells a
   * parameter is not to be given what was not asked for.
   */
  public static @Nullable String fault(HttpServerRequest request, String... known) {
    if (request.query() == null) {
      return null;
    }
    for (Map.Entry<String, String> parameter : request.params()) {
      String name = parameter.getKey();
      if (!List.of(known).contains(name)) {
        return "there is no parameter '%s' here; %s"
            .formatted(
                name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "...",
                known.length == 0 ? "none is taken" : "there are " + String.join(", ", known));
      }
      if (request.params().getAll(name).size() > 1) {
        return name + " must be given once";
      }
    }
    return null;
  }

  /** Whether {@link #fault} finds nothing; if not, the request has been refused. */
  public static boolean areKnown(HttpServerRequest request, String... known) {
    String fault = fault(request, known);
    if (fault != null) {
      JsonAnswers.refuse(request, 400, fault);
    }
    return fault == null;
  }
}
