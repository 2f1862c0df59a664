package dev.baton.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.protocol.why.DeliveryFacts;
import dev.baton.protocol.why.GroupFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a server tells of its groups and deliveries. */
final class FactsReader {

  private FactsReader() {}

  /**
   * Of the body of an answer, one group or a list of them.
   *
   * @throws CommandFailure if it is neither
   */
  static List<GroupFacts> groups(byte[] json) {
    try {
      JsonNode root = Arguments.mapper().readTree(json);
      List<GroupFacts> groups = new ArrayList<>();
      if (root.path("groups").isArray()) {
        root.path("groups").forEach(group -> groups.add(group(group)));
      } else if (root.path("group").isTextual()) {
        groups.add(group(root));
      } else {
        throw new CommandFailure("the server's answer is not a group");
      }
      return groups;
    } catch (JsonProcessingException e) {
      throw new CommandFailure("the server's answer is not JSON");
    } catch (IOException e) {
      throw new CommandFailure("the server's answer cannot be read: " + e.getMessage());
    }
  }

  private static GroupFacts group(JsonNode group) {
    List<GroupFacts.WorkerFacts> workers = new ArrayList<>();
    for (JsonNode worker : group.path("workers")) {
      workers.add(
          new GroupFacts.WorkerFacts(
              worker.path("pid").asText(),
              worker.path("address").asText(),
              worker.path("slots").isNumber() ? worker.path("slots").intValue() : null,
              worker.path("load").asInt(),
              worker.path("draining").asBoolean(),
              worker.path("connectedAt").asLong()));
    }
    return new GroupFacts(
        group.path("group").asText(),
        group.path("ready").asInt(),
        group.path("inFlight").asInt(),
        group.path("suspended").asInt(),
        group.path("oldestReadySeconds").asDouble(),
        workers);
  }

  /**
   * Of the body of an answer.
   *
   * @throws CommandFailure if it is no such answer
   */
  static DeliveryFacts delivery(byte[] json) {
    try {
      JsonNode root = Arguments.mapper().readTree(json);
      JsonNode again = root.path("offeredAgainAt");
      JsonNode lastFailure = root.path("lastFailure");
      JsonNode notTo = root.path("notTo");
      JsonNode because = root.path("givenBackBecause");
      JsonNode missingFunction = root.path("missingFunction");
      return new DeliveryFacts(
          root.path("failedDeliveries").asInt(),
          again.isIntegralNumber() ? again.asLong() : null,
          notTo.isTextual() ? notTo.asText() : null,
          root.path("posts").asInt(),
          root.path("beingPosted").asBoolean(),
          lastFailure.isTextual() ? lastFailure.asText() : null,
          missingFunction.isTextual() ? missingFunction.asText() : null,
          because.isTextual() ? because.asText() : null);
    } catch (IOException e) {
      throw new CommandFailure("the server's answer cannot be read: " + e.getMessage());
    }
  }
}
