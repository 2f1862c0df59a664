package dev.baton.server.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a page shows that does with a stream as the console's document says. */
public final class Page {

  private static final ObjectMapper JSON = new ObjectMapper();

  public final Map<String, JsonNode> groups = new TreeMap<>();
  public final Map<String, JsonNode> workers = new TreeMap<>();
  public final Map<String, String> tasks = new TreeMap<>();
  public final List<JsonNode> events = new ArrayList<>();
  public final List<JsonNode> gaps = new ArrayList<>();
  public String mode = "";
  public String stream = "";
  public String lastId = "";
  public long snapshots;

  /** What a message's line of data says. */
  static JsonNode data(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(json, e);
    }
  }

  /** A message as it is sent. */
  public JsonNode receive(byte[] message) {
    String[] lines = new String(message, StandardCharsets.UTF_8).split("\n");
    JsonNode data = data(lines[2].substring("data: ".length()));
    receive(lines[0].substring("event: ".length()), lines[1].substring("id: ".length()), data);
    return data;
  }

  /** A message. */
  public void receive(String event, String id, JsonNode data) {
    lastId = id;
    switch (event) {
      case "gap" -> gaps.add(data);
      case "snapshot" -> {
        snapshots++;
        stream = data.path("stream").textValue();
        groups.clear();
        workers.clear();
        tasks.clear();
        update(data);
        data.path("tasks")
            .forEach(task ->
                tasks.put(
                    task.path("id").textValue(),
                    place(task, task.path("state"), task.path("since"))));
        data.path("events").forEach(events::add);
      }
      case "delta" -> {
        update(data);
        data.path("left").forEach(pid -> workers.remove(pid.textValue()));
        data.path("forgotten").forEach(group -> groups.remove(group.textValue()));
        data.path("events").forEach(this::follow);
      }
      default -> throw new IllegalStateException(event);
    }
  }

  private void update(JsonNode data) {
    mode = data.path("mode").asText(mode);
    if (data.has("group")) {
      put(data.path("group"));
    }
    data.path("groups").forEach(this::put);
    data.path("workers").forEach(worker -> workers.put(worker.path("pid").textValue(), worker));
  }

  /** Rates are of the moment at which they were told. */
  private void put(JsonNode group) {
    ObjectNode figures = group.deepCopy();
    figures.remove(
        List.of("dispatchedPerSecond", "fulfilledPerSecond", "oldestReadyAt", "redelivered"));
    groups.put(group.path("group").textValue(), figures);
  }

  private void follow(JsonNode event) {
    events.add(event);
    String id = event.path("id").textValue();
    if (id == null || mode.isEmpty()) {
      return; // Only who looks at a group is told of all that its tasks do.
    }
    switch (event.path("kind").textValue()) {
      case "sent", "taken" -> tasks.put(id, place(event, event.path("state"), event.path("at")));
      default -> tasks.remove(id);
    }
  }

  private static String place(JsonNode of, JsonNode state, JsonNode since) {
    return of.path("pid").textValue()
        + " "
        + state.textValue()
        + " v"
        + of.path("version")
        + " since "
        + since;
  }

  /** In what two pages differ; null if in nothing. */
  public @Nullable String difference(Page other, Predicate<String> isSeen) {
    if (!groups.equals(other.groups)) {
      return "groups: " + groups + " instead of " + other.groups;
    }
    if (!seen(workers, isSeen).equals(seen(other.workers, isSeen))) {
      return "workers: " + workers + " instead of " + other.workers;
    }
    Map<String, String> mine = new TreeMap<>(tasks);
    Map<String, String> theirs = new TreeMap<>(other.tasks);
    mine.values().removeIf(place -> !isSeen.test(place.split(" ")[0]));
    theirs.values().removeIf(place -> !isSeen.test(place.split(" ")[0]));
    return mine.equals(theirs) ? null : "tasks: " + mine + " instead of " + theirs;
  }

  private static Map<String, JsonNode> seen(
      Map<String, JsonNode> workers, Predicate<String> isSeen) {
    Map<String, JsonNode> seen = new TreeMap<>(workers);
    seen.keySet().removeIf(isSeen.negate());
    return seen;
  }
}
