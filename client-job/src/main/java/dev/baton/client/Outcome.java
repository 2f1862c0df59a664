package dev.baton.client;

import java.util.OptionalLong;

/** How a call ended. */
sealed interface Outcome {

  Call call();

  /**
   * @param sinceDispatchMs from the dispatch to the arrival of the result, on the client's clock
   */
  record Succeeded(Call call, Computed computed, long sinceDispatchMs) implements Outcome {

    /**
     * How long the call waited for the attempt that finished it: in the queue, and with workers
     * that were lost. Two durations of one clock each are subtracted, so clocks need not agree.
     * Empty when the result is that of an earlier run with the same id.
     */
    OptionalLong waitedMs() {
      var waited = sinceDispatchMs - computed.tookMs();
      return waited < 0 ? OptionalLong.empty() : OptionalLong.of(waited);
    }
  }

  record Failed(Call call, String reason) implements Outcome {}
}
