package dev.baton.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.dispatch.DeliveryView;

/** How the groups API and the calls API show what is being done to deliver a task. */
public final class DeliveryJson {

  private DeliveryJson() {}

  /** Writes the members of a view into an object. */
  public static ObjectNode write(DeliveryView view, ObjectNode node) {
    node.put("task", view.task());
    node.put("offered", view.offered());
    node.put("failedDeliveries", view.failedDeliveries());
    node.put("offeredAgainAt", view.offeredAgainAt());
    node.put("notTo", view.notTo());
    node.put("sentTo", view.sentTo());
    node.put("posts", view.posts());
    node.put("beingPosted", view.isBeingPosted());
    node.put("lastFailure", view.lastFailure());
    node.put("missingFunction", view.missingFunction());
    return node.put("givenBackBecause", view.givenBackBecause());
  }
}
