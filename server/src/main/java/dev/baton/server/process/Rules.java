package dev.baton.server.process;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.State;

/** What decides commands: {@link dev.baton.core.StateMachine#decide}. */
@FunctionalInterface
public interface Rules {

  /**
   * What a command comes to; the state is read and not changed.
   *
   * @param now epoch milliseconds
   */
  Outcome decide(State state, Command command, long now);
}
