package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.protocol.Response;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, at one moment between two instants. Instants are of any one clock.
 *
 * @param calledAt before this it cannot have happened
 * @param endedAt after this it cannot have happened
 * @param response what was answered, without times; null if nobody knows whether it happened at all
 */
record Operation(Command command, long calledAt, long endedAt, @Nullable Response response) {

  @Override
  public String toString() {
    return "%,15d to %,15d  %s => %s"
        .formatted(calledAt, endedAt, command, response == null ? "unknown" : response);
  }
}
