package dev.baton.server.recorded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Transcripts whose requests are as they were, and whose answers are not: so any server is wrong
 * when it is held against them. Some alterations are of what players must not mind.
 */
public final class Alterations {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> ANSWERS =
      List.of(
          "response",
          "json",
          "snap",
          "messages",
          "requests",
          "status",
          "statuses",
          "allEqual",
          "contentType");
  private static final int ONE_STEP_IN = 3;

  private final Random random;

  /** The same seed, the same alterations. */
  public Alterations(long seed) {
    random = new Random(seed);
  }

  /** The transcript with a third of its answers altered. */
  public Transcript of(Transcript transcript) throws JsonProcessingException {
    List<JsonNode> lines = transcript.lines();
    for (JsonNode step : lines.subList(1, lines.size())) {
      if (random.nextInt(ONE_STEP_IN) == 0) {
        alterStep((ObjectNode) step);
      }
    }
    return new Transcript(
        transcript.name(),
        lines.stream().map(JsonNode::toString).collect(Collectors.joining("\n")));
  }

  private void alterStep(ObjectNode step) {
    String type = step.required("type").textValue();
    if (type.equals("poll.open")) {
      return; // A stream that it did not expect the original player leaves open, for all that
      // follow.
    }
    boolean isParallel = type.equals("parallel");
    List<String> here = new ArrayList<>(ANSWERS);
    here.removeIf(name -> !step.has(name) || (isParallel && name.equals("requests")));
    if (here.isEmpty()) {
      return;
    }
    String name = here.get(random.nextInt(here.size()));
    JsonNode answer = step.required(name);
    switch (name) {
      // How many there are says how long players wait; each of them may be altered.
      case "messages", "requests" -> alterWithin(answer.get(random.nextInt(answer.size())));
      case "statuses" -> ((ArrayNode) answer).set(0, answer.get(0).intValue() + random.nextInt(2));
      case "status" -> step.put(name, answer.intValue() + 1);
      case "allEqual" -> step.put(name, !answer.booleanValue());
      case "contentType" -> step.put(name, answer.textValue() + (random.nextBoolean() ? ";" : "x"));
      default -> alterWithin(answer);
    }
  }

  /** A place in a value: a member of an object or an element of an array. */
  private record Place(JsonNode container, @Nullable String name, int index) {
    JsonNode value() {
      return name == null ? container.required(index) : container.required(name);
    }

    void remove() {
      if (container instanceof ObjectNode object) {
        object.remove(name);
      } else {
        ((ArrayNode) container).remove(index);
      }
    }

    void addBeside() {
      if (container instanceof ObjectNode object) {
        object.put("more", 1);
      } else {
        ((ArrayNode) container).add(value().deepCopy());
      }
    }

    void set(JsonNode value) {
      if (container instanceof ObjectNode object) {
        object.set(name, value);
      } else {
        ((ArrayNode) container).set(index, value);
      }
    }
  }

  private void alterWithin(JsonNode answer) {
    List<Place> places = new ArrayList<>();
    collect(answer, places);
    if (places.isEmpty()) {
      return;
    }
    Place place = places.get(random.nextInt(places.size()));
    switch (random.nextInt(5)) {
      case 0 -> place.remove();
      case 1 -> place.addBeside();
      case 2 -> place.set(NODES.nullNode());
      default -> place.set(altered(place.value()));
    }
  }

  private static void collect(JsonNode value, List<Place> places) {
    for (var member : value.properties()) {
      places.add(new Place(value, member.getKey(), 0));
      collect(member.getValue(), places);
    }
    if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        places.add(new Place(array, null, i));
        collect(array.required(i), places);
      }
    }
  }

  private JsonNode altered(JsonNode value) {
    return switch (value) {
      case ObjectNode _ -> NODES.objectNode();
      case ArrayNode array -> reversed(array);
      case JsonNode text when text.isTextual() -> NODES.textNode(altered(text.textValue()));
      // The same number, and another one.
      case JsonNode number when number.isNumber() ->
          random.nextBoolean()
              ? NODES.numberNode(number.doubleValue())
              : NODES.numberNode(number.longValue() + 1);
      case JsonNode truth when truth.isBoolean() ->
          random.nextBoolean()
              ? NODES.numberNode(truth.booleanValue() ? 1 : 0)
              : NODES.booleanNode(!truth.booleanValue());
      default -> NODES.textNode("");
    };
  }

  private static ArrayNode reversed(ArrayNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::addFirst);
    return NODES.arrayNode().addAll(elements);
  }

  private String altered(String text) {
    if (text.contains("; ")) {
      List<String> parts = List.of(text.split("; "));
      return String.join("; ", parts.reversed()) + (random.nextBoolean() ? "" : "; more");
    }
    int colon = text.indexOf(": ");
    return colon > 0 && random.nextBoolean()
        ? text.substring(0, colon + 2) + "otherwise"
        : text + "x";
  }
}
