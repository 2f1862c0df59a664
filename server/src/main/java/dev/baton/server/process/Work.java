package dev.baton.server.process;

import dev.baton.core.Command;
import dev.baton.protocol.Response;
import org.jspecify.annotations.Nullable;

/** What waits for the engine. */
sealed interface Work {

  /**
   * A command whose answer somebody waits for.
   *
   * @param debugTime virtual now, or null for the clock's
   */
  record Ask(Command command, @Nullable Long debugTime, Reply reply) implements Work {}

  /** Something has been put beside the queue: look at it. */
  record Wake() implements Work {
    static final Wake INSTANCE = new Wake();
  }

  /** Takes an answer; called once, on the engine's thread, which it must not hold up. */
  @FunctionalInterface
  interface Reply {
    void accept(Response response);
  }
}
