package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import org.jspecify.annotations.Nullable;

/**
 * What is being done, at one moment, to get a task to somebody.
 *
 * @param offered whether it is ready
 * @param failedDeliveries how often it came back unfinished, since it last ended a step and since
 *     the server began
 * @param offeredAgainAt when it is offered again, epoch milliseconds; null if it is not held back
 * @param notTo who gave it back at once and does not get it while there are others; null if it is
 *     for anybody
 * @param sentTo who has been sent it and has not acquired it yet; null if nobody
 * @param posts how often it has been posted to its http target since it became ready
 * @param isBeingPosted whether a post is under way or waits its turn
 * @param lastFailure why the target did not take the last post; null if it did
 * @param missingFunction the function that it waits for because no connected worker of its group
 *     has it; null otherwise
 * @param givenBackBecause why it was given back the last time, as who did says it; null if that was
 *     not said
 */
public record DeliveryView(
    String task,
    boolean offered,
    int failedDeliveries,
    @Nullable Long offeredAgainAt,
    @Nullable String notTo,
    @Nullable String sentTo,
    int posts,
    boolean isBeingPosted,
    @Nullable String lastFailure,
    @Nullable String missingFunction,
    @Nullable String givenBackBecause) {

  static DeliveryView of(
      String taskId,
      @Nullable Offer offer,
      @Nullable Effort effort,
      boolean isBeingPosted,
      boolean isUnknown,
      long now) {
    Worker worker = offer == null ? null : offer.sentTo;
    return new DeliveryView(
        taskId,
        offer != null,
        effort == null ? 0 : effort.failed,
        offer == null || effort == null ? null : effort.offeredAgainAt(now),
        offer != null && offer.isRefused ? offer.avoided : null,
        worker == null ? null : worker.pid,
        offer != null && offer.address instanceof Address.Http ? offer.attempts : 0,
        isBeingPosted,
        offer == null ? null : offer.lastFailure,
        offer == null || !isUnknown ? null : String.valueOf(offer.wants),
        effort == null ? null : effort.reason);
  }
}
