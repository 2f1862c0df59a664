package dev.baton.server.http;

import dev.baton.core.Footprint;
import dev.baton.core.PromiseIdTemplate;
import dev.baton.protocol.Request;
import org.jspecify.annotations.Nullable;

/** The server's own limits, beside the protocol's rules: how long what it would store may be. */
final class Limits {

  private final int maxIdLength;
  private final Footprint.Visitor fits = this::fits;

  Limits(int maxIdLength) {
    this.maxIdLength = maxIdLength;
  }

  /** Names the first field that is too long, or answers null. */
  @Nullable String check(Request request) {
    return Footprint.visit(request, fits) ? null : refusal(request);
  }

  private boolean fits(Footprint.Thing thing, Footprint.Role role, String field, String text) {
    return role != Footprint.Role.CREATED || length(thing, text) <= maxIdLength;
  }

  private static long length(Footprint.Thing thing, String text) {
    return thing == Footprint.Thing.OCCURRENCES ? PromiseIdTemplate.longest(text) : text.length();
  }

  private @Nullable String refusal(Request request) {
    for (Footprint.Use use : Footprint.of(request).uses()) {
      if (!fits(use.thing(), use.role(), use.field(), use.text())) {
        return "%s %s %d characters; server.max_id_length allows %d"
            .formatted(
                use.field(),
                use.thing() == Footprint.Thing.OCCURRENCES ? "makes ids of" : "has",
                length(use.thing(), use.text()),
                maxIdLength);
      }
    }
    return null;
  }
}
