package dev.baton.core;

import dev.baton.protocol.Response;
import java.util.List;

/**
 * What a command comes to: the answer, the changes to be saved, and, once they are durable, who is
 * to be told of a settled promise. Tasks that workers are to be told of show in the changes.
 */
public record Outcome(Response response, List<Change> changes, List<Unblock> unblocks) {

  /** A listener and the settled promise it is told of; its payload may be left in the store. */
  public record Unblock(String address, Promise promise) {}

  /** An answer without changes. */
  static Outcome unchanged(Response response) {
    return new Outcome(response, List.of(), List.of());
  }
}
