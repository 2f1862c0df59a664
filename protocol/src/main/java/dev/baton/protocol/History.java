package dev.baton.protocol;

import java.util.HashSet;
import java.util.List;

/**
 * A call as it was recorded: its promise, and those of all that it has begun, directly or not. Not
 * part of the protocol; {@link dev.baton.protocol.json.HistoryJson} has the form of its file.
 *
 * @param root the id of the call
 * @param exportedAt epoch milliseconds
 * @param promises the root's first, each id once; those of a call that is not over may be pending
 */
public record History(String root, long exportedAt, List<PromiseRecord> promises) {

  /** More than that many promises are not exported, nor read. */
  public static final int MOST_PROMISES = 10_000;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if the root is not the first promise, an id is there twice, or
   *     there are more than {@link #MOST_PROMISES}
   */
  public History {
    promises = List.copyOf(promises);
    if (promises.isEmpty() || !promises.getFirst().id().equals(root)) {
      throw new IllegalArgumentException("the first promise must be that of the root " + root);
    }
    if (promises.size() > MOST_PROMISES) {
      throw new IllegalArgumentException(
          "a history has at most "
              + MOST_PROMISES
              + " promises, and that of "
              + root
              + " has "
              + promises.size());
    }
    var ids = new HashSet<String>();
    for (var promise : promises) {
      if (!ids.add(promise.id())) {
        throw new IllegalArgumentException("promise " + promise.id() + " is there twice");
      }
    }
  }
}
