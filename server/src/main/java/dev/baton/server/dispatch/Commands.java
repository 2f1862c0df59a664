package dev.baton.server.dispatch;

import dev.baton.core.Command;
import java.util.ArrayList;
import java.util.List;

/**
 * What the dispatcher has found out and the rules are to decide: kept until the next transaction.
 * Listeners whose unblock is delivered are the only ones that can wait for company.
 */
final class Commands {

  /**
   * How long a listener whose unblock is delivered may wait to be struck off with other changes.
   */
  private static final long FORGET_AFTER_MS = 500;

  private List<Command> waiting = new ArrayList<>();
  private List<Command.Listener> listeners = new ArrayList<>();
  private long forgetAt = Long.MAX_VALUE;

  /** Something is to be decided in the next step. */
  void add(Command command) {
    waiting.add(command);
  }

  /** The unblock of a listener has been delivered, or never can be. */
  void forget(Command.Listener listener) {
    listeners.add(listener);
  }

  /** The step is over: what is left waits from now on. */
  void keep(long now) {
    if (!listeners.isEmpty() && forgetAt == Long.MAX_VALUE) {
      forgetAt = now + FORGET_AFTER_MS;
    }
  }

  /**
   * Takes what is to be decided now.
   *
   * @param isSaving whether there will be a transaction anyway
   */
  List<Command> take(long now, boolean isSaving) {
    boolean isTime = isSaving || !waiting.isEmpty() || forgetAt <= now;
    if (!listeners.isEmpty() && isTime) {
      waiting.add(new Command.ForgetListeners(listeners));
      listeners = new ArrayList<>();
      forgetAt = Long.MAX_VALUE;
    }
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Command> taken = waiting;
    waiting = new ArrayList<>();
    return taken;
  }

  /** What waits does so for so much longer. */
  void move(long byMs) {
    forgetAt = forgetAt == Long.MAX_VALUE ? forgetAt : forgetAt + byMs;
  }

  /** When something is to be taken at the latest; {@code Long.MAX_VALUE} if nothing waits. */
  long nextDueAt() {
    return waiting.isEmpty() ? forgetAt : 0;
  }

  void clear() {
    waiting = new ArrayList<>();
    listeners = new ArrayList<>();
    forgetAt = Long.MAX_VALUE;
  }
}
