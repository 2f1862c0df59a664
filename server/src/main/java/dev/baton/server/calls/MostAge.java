package dev.baton.server.calls;

import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How old an answer may be: {@code Cache-Control} of a request (RFC 9111, 5.2.1). */
final class MostAge {

  private static final String NAME = "max-age=";

  private MostAge() {}

  /** In nanoseconds; 0 for a new one, as without that header. */
  static long nanos(HttpServerRequest request) {
    return TimeUnit.SECONDS.toNanos(seconds(request.getHeader("cache-control")));
  }

  static long seconds(@Nullable String cacheControl) {
    long seconds = 0;
    for (String each : cacheControl == null ? new String[0] : cacheControl.split(",")) {
      String directive = each.trim().toLowerCase(Locale.ROOT);
      if (directive.equals("no-cache") || directive.equals("no-store")) {
        return 0;
      }
      String value = directive.startsWith(NAME) ? directive.substring(NAME.length()) : "";
      if (value.matches("[0-9]{1,9}")) {
        seconds = Long.parseLong(value);
      }
    }
    return seconds;
  }
}
