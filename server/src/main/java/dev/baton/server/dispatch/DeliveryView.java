package dev.baton.server.dispatch;

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
 */
public record DeliveryView(
    String task,
    boolean offered,
    int failedDeliveries,
    @Nullable Long offeredAgainAt,
    @Nullable String notTo,
    @Nullable String sentTo) {

  static DeliveryView of(String taskId, @Nullable Offer offer, @Nullable Effort effort, long now) {
    Worker worker = offer == null ? null : offer.sentTo;
    return new DeliveryView(
        taskId,
        offer != null,
        effort == null ? 0 : effort.failed,
        offer == null || effort == null ? null : effort.offeredAgainAt(now),
        offer != null && offer.isRefused ? offer.avoided : null,
        worker == null ? null : worker.pid);
  }
}
