package dev.baton.client;

/**
 * What {@code computeSomething} returns.
 *
 * @param worker the process id of the worker that finished the call
 * @param attempt how often the call had been taken by a worker, the last time included
 * @param startedAt when the last attempt began, epoch milliseconds on the worker's clock
 * @param endedAt when it ended, on the same clock
 */
record Computed(String id, int cost, String worker, long attempt, long startedAt, long endedAt) {

  long tookMs() {
    return endedAt - startedAt;
  }
}
