package dev.baton.server.dispatch;

import dev.baton.protocol.Message;

/** Posts messages to http targets. */
public interface Push {

  /** Refuses everything: the transport is off. */
  Push OFF = (_, _, outcome) -> outcome.accept(false);

  /**
   * Posts a message. Never blocks.
   *
   * @param outcome told once, on any thread, whether the target took it
   */
  void post(String url, Message message, Outcome outcome);

  /** Told whether a target took a message. */
  @FunctionalInterface
  interface Outcome {
    void accept(boolean delivered);
  }
}
