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
  }
}
