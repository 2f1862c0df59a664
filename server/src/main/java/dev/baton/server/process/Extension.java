package dev.baton.server.process;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.server.dispatch.Dispatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What another API of the same server adds to the pipeline. All methods are called on the engine's
 * thread.
 */
public interface Extension {

  /** Adds nothing. */
  Extension NONE = new Extension() {};

  /**
   * Commands that what has been decided entails. They are decided right after it, in the same
   * transaction, and may entail further ones.
   *
   * @param state with the outcome's changes
   */
  default List<Command> entailed(State state, Outcome outcome) {
    return List.of();
  }

  /** A task has moved, and that is durable: hands it to the dispatcher, now or later. */
  default void moved(@Nullable Task before, Task after, long now, Dispatcher dispatcher) {
    dispatcher.moved(before, after, now);
  }

  /** Whether a worker may hear of a new task before that is durable. */
  default boolean mayOfferAhead(Task task) {
    return true;
  }

  /** All tasks that were unfinished at the start have been shown. */
  default void opened(long now, Dispatcher dispatcher) {}

  /** The store has been emptied. */
  default void cleared() {}

  /** Whether a lease may end because its holder may never have heard that it was granted. */
  default boolean mayDoubt(Task held) {
    return true;
  }
}
