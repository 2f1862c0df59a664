package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What is left of a value when that is taken away which may differ between conforming servers. */
final class Normal {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> PREFIXES =
      List.of("Invalid request envelope:", "Invalid request:", "Invalid action data:");
  private static final List<String> TABLES =
      List.of(
          "promises",
          "promiseTimeouts",
          "callbacks",
          "listeners",
          "tasks",
          "taskTimeouts",
          "messages");
  private static final Set<String> INSTANTS = Set.of("createdAt", "settledAt", "timeoutAt");
  private static final long EARLIEST_OF_THE_PRESENT = 1_500_000_000_000L;
  private static final long LATEST_OF_THE_PRESENT = 4_000_000_000_000L;

  private Normal() {}

  /** An answer of which, if its data is an error text, only that remains which must agree. */
  static ObjectNode answer(ObjectNode answer, JsonNode data) {
    ObjectNode normal = NODES.objectNode();
    normal.setAll(answer);
    normal.set("data", data.isTextual() ? textClass(data.textValue()) : data);
    return normal;
  }

  private static JsonNode textClass(String text) {
    for (String prefix : PREFIXES) {
      if (text.startsWith(prefix)) {
        return NODES.textNode(prefix + " <detail>");
      }
    }
    if (!text.contains("; ")) {
      return NODES.textNode(text);
    }
    ArrayNode sorted = NODES.arrayNode();
    new TreeSet<>(List.of(text.split("; ", -1))).forEach(sorted::add);
    return sorted;
  }

  /** A snapshot without messages that nobody could acquire any more, its rows in order. */
  static ObjectNode snapshot(JsonNode snapshot, Settings settings) {
    ObjectNode normal = NODES.objectNode();
    for (String table : TABLES) {
      List<JsonNode> kept = new ArrayList<>();
      if (snapshot.has(table)) {
        array(snapshot.required(table)).elements().forEachRemaining(kept::add);
      }
      kept.removeIf(
          switch (table) {
            case "promiseTimeouts" ->
                settings.isTargetedTimeoutsOnly() ? isUntargeted(snapshot) : _ -> false;
            case "messages" -> isStale(snapshot);
            default -> _ -> false;
          });
      ArrayNode rows = normal.putArray(table);
      kept.stream()
          .map(row -> new Row(Canonical.text(row), row))
          .sorted(Comparator.comparing(Row::text))
          .forEach(row -> rows.add(row.value()));
    }
    return normal;
  }

  private record Row(String text, JsonNode value) {}

  private static Predicate<JsonNode> isUntargeted(JsonNode snapshot) {
    Set<JsonNode> targeted = new HashSet<>();
    for (JsonNode promise : snapshot.path("promises")) {
      if (object(promise.required("tags")).has("resonate:target")) {
        targeted.add(promise.required("id"));
      }
    }
    return row -> !targeted.contains(row.required("id"));
  }

  private static Predicate<JsonNode> isStale(JsonNode snapshot) {
    Set<List<Object>> pending = new HashSet<>();
    for (JsonNode task : snapshot.path("tasks")) {
      if (task.required("state").asText().equals("pending")) {
        pending.add(offer(task));
      }
    }
    return row -> {
      JsonNode message = row.required("message");
      return message.required("kind").asText().equals("execute")
          && !pending.contains(offer(message.required("data").required("task")));
    };
  }

  private static List<Object> offer(JsonNode task) {
    JsonNode version = task.required("version");
    return List.of(task.required("id"), version.isNumber() ? version.doubleValue() : version);
  }

  /** Without instants of the present, and without the server's own address. */
  static JsonNode withoutClock(JsonNode value) {
    return withoutClock(value, "");
  }

  private static JsonNode withoutClock(JsonNode value, String name) {
    if (value instanceof ObjectNode object) {
      ObjectNode copy = NODES.objectNode();
      object
          .properties()
          .forEach(member ->
              copy.set(member.getKey(), withoutClock(member.getValue(), member.getKey())));
      return copy;
    }
    if (value instanceof ArrayNode array) {
      ArrayNode copy = NODES.arrayNode();
      array.forEach(element -> copy.add(withoutClock(element, "")));
      return copy;
    }
    if (INSTANTS.contains(name)
        && value.isIntegralNumber()
        && value.canConvertToLong()
        && value.longValue() > EARLIEST_OF_THE_PRESENT
        && value.longValue() < LATEST_OF_THE_PRESENT) {
      return NODES.textNode("<time>");
    }
    return name.equals("serverUrl") && value.isTextual() ? NODES.textNode("<serverUrl>") : value;
  }

  /** With each text changed, but for the names of members. */
  static JsonNode texts(JsonNode value, UnaryOperator<String> change) {
    return switch (value) {
      case ObjectNode object -> {
        ObjectNode copy = NODES.objectNode();
        object
            .properties()
            .forEach(member -> copy.set(member.getKey(), texts(member.getValue(), change)));
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = NODES.arrayNode();
        array.forEach(element -> copy.add(texts(element, change)));
        yield copy;
      }
      default -> value.isTextual() ? NODES.textNode(change.apply(value.textValue())) : value;
    };
  }

  static ObjectNode object(JsonNode value) {
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("no object: " + value);
  }

  static ArrayNode array(JsonNode value) {
    if (value instanceof ArrayNode array) {
      return array;
    }
    throw new IllegalArgumentException("no array: " + value);
  }

  static JsonNode orNull(ObjectNode object, String name) {
    JsonNode value = object.get(name);
    return value == null ? NullNode.instance : value;
  }
}
