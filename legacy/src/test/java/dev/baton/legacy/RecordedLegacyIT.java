package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays the recorded transcripts of the old interface, where they are: in {@code legacy} under
 * the system property {@code baton.vectors}, else under {@code shared/protocol/vectors} in some
 * parent directory. They run on the wall clock, all at once.
 */
class RecordedLegacyIT {

  /** Deliberately otherwise, with the reason in docs/legacy.md. */
  private static final Set<String> DIFFERENT = Set.of("GET /nothing");

  private static final Set<String> TIMES =
      Set.of("createdOn", "completedOn", "nextRunTime", "timeout");
  private static final Set<String> LINKS = Set.of("href", "base", "claim", "complete", "heartbeat");
  private static final Pattern NOW = Pattern.compile("@now([+-]\\d+)");
  private static final Pattern NOW_IN_TEXT = Pattern.compile("@nows([+-]\\d+)");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @TempDir private Path folder;

  @Test
  void everyTranscriptReplaysWithoutAMismatch() throws Exception {
    Path vectors = Recordings.folder("legacy");
    assumeTrue(vectors != null, "no recorded vectors here: set -Dbaton.vectors=<directory>");
    List<String> mismatches = Collections.synchronizedList(new ArrayList<>());
    int steps = 0;
    int files = 0;
    try (BatonServer server =
            LegacyServers.start(
                LegacyServers.memory()
                    .set(Key.STORAGE_SQLITE_PATH, folder.resolve("legacy.db").toString()));
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var paths = Files.newDirectoryStream(vectors, "*.jsonl")) {
      List<Future<Integer>> running = new ArrayList<>();
      for (Path path : paths) {
        files++;
        running.add(threads.submit(() -> replay(server, path, mismatches)));
      }
      for (Future<Integer> each : running) {
        steps += each.get();
      }
    }
    System.out.printf(
        "legacy vectors: %d files, %d steps, %d mismatches%n", files, steps, mismatches.size());
    assertThat(mismatches).isEmpty();
    assertThat(steps).isGreaterThan(200);
  }

  private static int replay(BatonServer server, Path path, List<String> mismatches)
      throws IOException, InterruptedException {
    int steps = 0;
    try (Player player = new Player(server)) {
      List<String> lines = Files.readAllLines(path);
      for (int i = 1; i < lines.size(); i++) {
        JsonNode step = JSON.readTree(lines.get(i));
        JsonNode got = player.play(step);
        steps++;
        if (!DIFFERENT.contains(step.path("method").asText() + " " + step.path("path").asText())
            && !got.equals(step.get("result"))) {
          mismatches.add(
              path.getFileName()
                  + " line "
                  + (i + 1)
                  + ": expected "
                  + step.get("result")
                  + ", got "
                  + got);
          break;
        }
      }
    }
    return steps;
  }

  /** One transcript with a word of its own in all names. */
  private static final class Player implements AutoCloseable {
    private final Client api;
    private final Client messages;
    private final Map<String, Client.Stream> streams = new HashMap<>();
    private final String word =
        new Random().ints(12, 'a', 'k').mapToObj(Character::toString).collect(Collectors.joining());

    Player(BatonServer server) {
      api = new Client(server.port());
      messages = new Client(server.legacyPort());
    }

    JsonNode play(JsonNode step) throws IOException, InterruptedException {
      ObjectNode result = JSON.createObjectNode();
      switch (step.get("op").textValue()) {
        case "http" -> http(step, result);
        case "poll" -> {
          Client.Stream stream = messages.open(fill(step.get("path").textValue()));
          streams.put(step.get("conn").textValue(), stream);
          result.put("status", stream.status());
          result.put("contentType", "text/event-stream");
        }
        case "expect" -> {
          long deadline = System.nanoTime() + step.get("withinMs").longValue() * 1_000_000;
          result.set("messages", receive(step, step.get("count").intValue(), deadline));
        }
        case "quiet" -> {
          long deadline = System.nanoTime() + step.get("forMs").longValue() * 1_000_000;
          result.set("messages", receive(step, 1, deadline));
        }
        case "sleep" -> waitUntil(System.nanoTime() + step.get("ms").longValue() * 1_000_000);
        default -> throw new IllegalArgumentException("unknown step " + step);
      }
      return result;
    }

    /** The transcripts are of the wall clock: nothing else can be waited for. */
    private static void waitUntil(long deadline) {
      while (System.nanoTime() < deadline) {
        LockSupport.parkNanos(deadline - System.nanoTime());
      }
    }

    private void http(JsonNode step, ObjectNode result) throws JsonProcessingException {
      List<String> headers = new ArrayList<>();
      for (var header : step.path("headers").properties()) {
        headers.add(header.getKey());
        headers.add(fill(header.getValue().textValue()));
      }
      String body =
          step.has("raw")
              ? step.get("raw").textValue()
              : step.has("body") ? fill(step.get("body")).toString() : null;
      Client.Answer answer =
          api.send(
              step.get("method").textValue(),
              fill(step.get("path").textValue()),
              body,
              headers.toArray(String[]::new));
      result.put("status", answer.status());
      String text = answer.raw().body();
      try {
        JsonNode json = JSON.readTree(text);
        if (json.isMissingNode()) {
          result.put("empty", true);
        } else {
          result.set("json", normalise(json, ""));
        }
      } catch (JsonProcessingException e) {
        result.put("empty", text.isBlank());
      }
    }

    private ArrayNode receive(JsonNode step, int count, long deadline) {
      List<JsonNode> got = new ArrayList<>();
      while (got.size() < count && System.nanoTime() < deadline) {
        for (JsonNode connection : step.get("conns")) {
          Client.Stream stream = streams.get(connection.textValue());
          JsonNode event = stream == null ? null : stream.next(20);
          if (event != null && event.has("type")) {
            got.add(normalise(event, ""));
          }
        }
      }
      got.sort(Comparator.comparing(message -> sorted(message).toString()));
      return JSON.createArrayNode().addAll(got);
    }

    private JsonNode fill(JsonNode node) {
      if (node instanceof ObjectNode object) {
        ObjectNode filled = JSON.createObjectNode();
        object
            .properties()
            .forEach(member -> filled.set(fill(member.getKey()), fill(member.getValue())));
        return filled;
      }
      if (node instanceof ArrayNode array) {
        ArrayNode filled = JSON.createArrayNode();
        array.forEach(element -> filled.add(fill(element)));
        return filled;
      }
      if (!node.isTextual()) {
        return node;
      }
      Matcher now = NOW.matcher(node.textValue());
      return now.matches()
          ? JSON.getNodeFactory()
              .numberNode(System.currentTimeMillis() + Long.parseLong(now.group(1)))
          : JSON.getNodeFactory().textNode(fill(node.textValue()));
    }

    private String fill(String text) {
      return NOW_IN_TEXT
          .matcher(text)
          .replaceAll(
              now -> Long.toString(System.currentTimeMillis() + Long.parseLong(now.group(1))))
          .replace("${u}", word);
    }

    private JsonNode normalise(JsonNode node, String name) {
      if (node instanceof ObjectNode object) {
        ObjectNode normal = JSON.createObjectNode();
        if (object.size() == 1 && object.path("error").isObject()) {
          ObjectNode error = normal.putObject("error");
          error.set("code", object.at("/error/code"));
          error.set("message", object.at("/error/message"));
          return normal;
        }
        // Whether a schedule of every second has run already is a matter of luck.
        object.remove("lastRunTime");
        object
            .properties()
            .forEach(member ->
                normal.set(member.getKey(), normalise(member.getValue(), member.getKey())));
        return normal;
      }
      if (node instanceof ArrayNode array) {
        ArrayNode normal = JSON.createArrayNode();
        array.forEach(element -> normal.add(normalise(element, "")));
        return normal;
      }
      if (node.isIntegralNumber()) {
        return TIMES.contains(name) && node.longValue() > 1_500_000_000_000L
            ? JSON.getNodeFactory().textNode("<time>")
            : JSON.getNodeFactory().numberNode(node.intValue());
      }
      return node.isTextual()
          ? JSON.getNodeFactory().textNode(normalise(node.textValue(), name))
          : node;
    }

    private String normalise(String text, String name) {
      if (name.equals("cursor")) {
        return "<cursor>";
      }
      String normal =
          LINKS.contains(name) ? text.replaceAll("https?://[^/\\s\"]+(?=/|$)", "<base>") : text;
      return normal.replace(word, "${u}").replaceAll("(?<!\\d)1[5-9]\\d{11}(?!\\d)", "<ts>");
    }

    private static JsonNode sorted(JsonNode node) {
      if (node instanceof ObjectNode object) {
        ObjectNode sorted = JSON.createObjectNode();
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        names.forEach(name -> sorted.set(name, sorted(object.get(name))));
        return sorted;
      }
      return node;
    }

    @Override
    public void close() {
      streams.values().forEach(Client.Stream::close);
      messages.close();
      api.close();
    }
  }
}
