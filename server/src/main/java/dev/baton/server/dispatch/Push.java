package dev.baton.server.dispatch;

import dev.baton.protocol.Message;
import org.jspecify.annotations.Nullable;

/** Posts messages to http targets. */
public interface Push {

  /** Refuses everything: the transport is off. */
  Push OFF = (_, _, outcome) -> outcome.accept("nothing is posted: transports.http_push.enabled");

  /**
   * Posts a message. Never blocks.
   *
   * @param outcome told once, on any thread, whether the target took it, or why not
   */
  void post(String url, Message message, Outcome outcome);

  /** Told what has become of a message. */
  @FunctionalInterface
  interface Outcome {
    /**
     * Called once.
     *
     * @param failure why the target did not take it, on one line; null if it did
     */
    void accept(@Nullable String failure);
  }
}
