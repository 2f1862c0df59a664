package dev.baton.protocol.json;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import org.jspecify.annotations.Nullable;

/** What {@link RequestReader} makes of a request's data. */
public sealed interface Decoded {

  /** A request of the right shape; the rules of its fields have not been looked at. */
  record Valid(Request request) implements Decoded {}

  /**
   * An unknown kind, or members that are missing or of the wrong type.
   *
   * @param attempt the request as far as it can be read, with empty texts for what cannot: good
   *     enough to judge whom it concerns; null if the kind is unknown
   */
  record Refused(Response response, @Nullable Request attempt) implements Decoded {}

  /** The request as far as it can be read, or null if the kind is unknown. */
  default @Nullable Request asRead() {
    return switch (this) {
      case Valid(Request request) -> request;
      case Refused(Response response, Request attempt) -> attempt;
    };
  }
}
