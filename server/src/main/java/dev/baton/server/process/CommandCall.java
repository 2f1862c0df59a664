package dev.baton.server.process;

import dev.baton.core.Command;
import dev.baton.protocol.Response;
import org.jspecify.annotations.Nullable;

/**
 * A command whose answer somebody waits for.
 *
 * @param debugTime virtual now, or null for the clock's
 */
public record CommandCall(Command command, @Nullable Long debugTime, Reply reply) implements Work {

  /** Takes an answer; called once, in a step of the engine, which it must not hold up. */
  @FunctionalInterface
  public interface Reply {
    void accept(Response response);

    /**
     * Whether there is memory for an answer until its asker has taken it. Asked before anything is
     * saved, and again if that failed and is tried anew; in a step of the engine, too.
     *
     * @param hasChanges whether something is saved with it
     */
    default boolean hasRoomFor(Response response, boolean hasChanges) {
      return true;
    }
  }
}
