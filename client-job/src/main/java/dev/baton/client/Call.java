package dev.baton.client;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One call of {@code computeSomething}.
 *
 * @param id the id of its durable promise; a call with a known id is not done again
 * @param cost how long it takes, in units of the worker's {@code COST_UNIT_MS}
 */
record Call(String id, int cost) {

  /**
   * The calls of a run, the same for the same arguments: ids {@code <runId>-1} and up, costs drawn
   * evenly from {@code minCost} to {@code maxCost}.
   */
  static List<Call> ofRun(String runId, int calls, long seed, int minCost, int maxCost) {
    var costs = new Random(seed);
    return IntStream.rangeClosed(1, calls)
        .mapToObj(number -> new Call(runId + "-" + number, costs.nextInt(minCost, maxCost + 1)))
        .toList();
  }
}
