package dev.baton.worker;

/**
 * What {@code computeSomething} returns.
 *
 * @param worker the process id of the worker that finished the call
 * @param attempt how often the call had been taken by a worker, the last time included
 * @param startedAt when this attempt began, epoch milliseconds on the worker's clock
 * @param endedAt when it ended, on the same clock
 */
public record Computed(
    String id, int cost, String worker, long attempt, long startedAt, long endedAt) {}
