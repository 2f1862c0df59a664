package dev.baton.protocol.why;

import org.jspecify.annotations.Nullable;

/**
 * What a server tells of its attempts to get a task to somebody.
 *
 * @param failedDeliveries how often it came back unfinished since it last got somewhere
 * @param offeredAgainAt when it is offered again, epoch milliseconds; null if it is not held back
 * @param notTo who gave it back at once and does not get it while there are others; null if it is
 *     for anybody
 * @param posts how often it has been posted to its http target since it became ready
 * @param isBeingPosted whether a post is under way or waits its turn
 * @param lastFailure why the target did not take the last post; null if it did
 * @param missingFunction the function that it waits for because no connected worker of its group
 *     has it; null otherwise
 * @param givenBackBecause why it was given back the last time, as who did says it; null if that was
 *     not said
 */
public record DeliveryFacts(
    int failedDeliveries,
    @Nullable Long offeredAgainAt,
    @Nullable String notTo,
    int posts,
    boolean isBeingPosted,
    @Nullable String lastFailure,
    @Nullable String missingFunction,
    @Nullable String givenBackBecause) {

  /** Of a server that tells nothing. */
  public static final DeliveryFacts UNKNOWN =
      new DeliveryFacts(0, null, null, 0, false, null, null, null);
}
