package dev.baton.protocol.json;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;

/** What {@link RequestReader} makes of a request's data. */
public sealed interface Decoded {

  /** A request of the right shape; the rules of its fields have not been looked at. */
  record Valid(Request request) implements Decoded {}

  /** An unknown kind, or members that are missing or of the wrong type. */
  record Refused(Response response) implements Decoded {}
}
