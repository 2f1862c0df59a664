package dev.baton.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.dispatch.GroupView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups API's JSON. */
final class GroupsJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private GroupsJson() {}

  static String groups(List<GroupView> views) {
    ObjectNode root = MAPPER.createObjectNode();
    ArrayNode list = root.putArray("groups");
    views.forEach(view -> list.add(node(view)));
    return root.toString();
  }

  static String group(GroupView view) {
    return node(view).toString();
  }

  private static ObjectNode node(GroupView view) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("group", view.group());
    node.put("slotsPerWorker", view.slotsPerWorker());
    node.put("connectedWorkers", view.connectedWorkers());
    node.put("ready", view.ready());
    node.put("inFlight", view.inFlight());
    node.put("suspended", view.suspended());
    node.put("oldestReadySeconds", view.oldestReadySeconds());
    node.put("dispatchedPerSecond", view.dispatchedPerSecond());
    node.put("fulfilledPerSecond", view.fulfilledPerSecond());
    node.put("meanServiceSeconds", view.meanServiceSeconds());
    ArrayNode redelivered = node.putArray("redelivered");
    for (GroupView.Redelivered task : view.redelivered()) {
      redelivered
          .addObject()
          .put("task", task.task())
          .put("failedDeliveries", task.failedDeliveries());
    }
    ArrayNode workers = node.putArray("workers");
    for (GroupView.WorkerView worker : view.workers()) {
      ObjectNode each = workers.addObject();
      each.put("pid", worker.pid());
      each.put("address", worker.address());
      each.put("slots", worker.slots());
      each.put("load", worker.load());
      each.put("draining", worker.draining());
      each.put("connectedAt", worker.connectedAt());
    }
    return node;
  }

  static String acted(String group, List<String> workers, int leasesEnded) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("group", group);
    ArrayNode list = node.putArray("workers");
    workers.forEach(list::add);
    node.put("leasesEnded", leasesEnded);
    return node.toString();
  }

  static String error(String text) {
    return MAPPER.createObjectNode().put("error", text).toString();
  }

  /** What a body says of a group's slots. */
  sealed interface Slots {
    /** To be set; null means unlimited. */
    record Given(@Nullable Integer slotsPerWorker) implements Slots {}

    /** Not usable. */
    record Refused(String text) implements Slots {}
  }

  static Slots slots(byte[] body) {
    JsonNode root;
    try {
      root = MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return new Slots.Refused("the body is not JSON: " + e.getOriginalMessage());
    }
    JsonNode value = root == null || !root.isObject() ? null : root.get("slotsPerWorker");
    if (value == null) {
      return new Slots.Refused("the body must be an object with slotsPerWorker");
    }
    if (value.isNull()) {
      return new Slots.Given(null);
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      return new Slots.Refused("slotsPerWorker must be a positive integer or null, not " + value);
    }
    return new Slots.Given(value.intValue());
  }
}
