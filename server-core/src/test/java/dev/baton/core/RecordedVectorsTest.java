package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.EnvelopeReader;
import dev.baton.protocol.json.Incoming;
import dev.baton.protocol.json.RequestReader;
import dev.baton.protocol.json.ResponseWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Replays the recorded transcripts, where they are, through codec and rules, without a network: of
 * the main branch under both profiles, of the release under the default one. Their directories are
 * the system properties {@code baton.vectors} and {@code baton.vectors.release}, else {@code
 * shared/protocol/vectors} and {@code shared/protocol/release-0.9.8} in some parent directory.
 */
class RecordedVectorsTest {

  /** Recorded behaviour that the release rules deliberately better; docs/protocol-notes.md. */
  private static final Set<String> BETTERED = Set.of("delay-ignored");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is recorded of the main branch, and what the release says in its place. */
  private static final Map<String, String> TEXTS_OF_MAIN =
      Map.of(
          "The promise does not have a resonate:target tag",
          "Promise exists without a target task");

  private enum Origin {
    MAIN("baton.vectors", "shared/protocol/vectors", 400),
    RELEASE("baton.vectors.release", "shared/protocol/release-0.9.8", 250);

    private final String property;
    private final String folder;
    private final int least;

    Origin(String property, String folder, int least) {
      this.property = property;
      this.folder = folder;
      this.least = least;
    }

    @Nullable Path directory() {
      var given = System.getProperty(property);
      if (given != null) {
        return Path.of(given);
      }
      for (var parent = Path.of("").toAbsolutePath(); parent != null; parent = parent.getParent()) {
        var candidate = parent.resolve(folder);
        if (Files.isDirectory(candidate)) {
          return candidate;
        }
      }
      return null;
    }
  }

  @ParameterizedTest
  @CsvSource({"MAIN, MAIN", "MAIN, RELEASE", "RELEASE, RELEASE"})
  void everyTranscriptReplaysWithoutAMismatch(Origin origin, Profile profile) throws IOException {
    var directory = origin.directory();
    assumeTrue(
        directory != null, "no recorded vectors here: set -D" + origin.property + "=<directory>");
    boolean isForeign = profile == Profile.RELEASE && origin == Origin.MAIN;
    int files = 0;
    int steps = 0;
    int skipped = 0;
    int cutShort = 0;
    var mismatches = new ArrayList<String>();
    for (var file : files(directory)) {
      var lines = read(file);
      var meta = lines.getFirst();
      if (skips(meta, isForeign, profile)) {
        skipped++;
        continue;
      }
      files++;
      var replay = new Replay(profile, isForeign);
      for (int i = 1; i < lines.size(); i++) {
        if (isForeign && isRefusedByMainOnly(lines.get(i))) {
          cutShort++;
          break;
        }
        steps++;
        var problem = replay.step(lines.get(i));
        if (problem != null) {
          mismatches.add(directory.relativize(file) + " step " + (i - 1) + ": " + problem);
          break;
        }
      }
    }
    System.out.printf(
        "vectors of %s under %s: %d files, %d steps, %d mismatches, %d skipped, %d followed in"
            + " part%n",
        origin, profile, files, steps, mismatches.size(), skipped, cutShort);
    assertThat(mismatches).isEmpty();
    assertThat(files).isGreaterThan(origin.least);
  }

  private static boolean skips(JsonNode meta, boolean isForeign, Profile profile) {
    if (meta.path("legacy").asBoolean()
        || meta.has("needs")
        || meta.get("realtime").booleanValue()) {
      return true;
    }
    if (isForeign && !meta.get("profile").textValue().equals("both")) {
      return true;
    }
    for (var quirk : meta.get("quirks")) {
      if (profile == Profile.RELEASE && BETTERED.contains(quirk.textValue())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Some walks are marked as good for both profiles and yet hold a refusal by M3 or M4. There the
   * two histories part.
   */
  private static boolean isRefusedByMainOnly(JsonNode step) {
    var text = step.path("response").path("data").asText();
    return text.equals("Awaiter and awaited must belong to the same origin")
        || text.equals("All tasks must belong to the same origin");
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var paths = Files.walk(directory)) {
      return paths
          .filter(path -> path.toString().endsWith(".jsonl") || path.toString().endsWith(".gz"))
          .sorted()
          .toList();
    }
  }

  private static List<JsonNode> read(Path file) throws IOException {
    var lines = new ArrayList<JsonNode>();
    try (InputStream plain = Files.newInputStream(file);
        InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
      for (var line : new String(text.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank()) {
          lines.add(JSON.readTree(line));
        }
      }
    }
    return lines;
  }

  /** One transcript on a fresh state. */
  private static final class Replay {

    private static final long WALL_CLOCK = 1_764_000_000_000L;

    private final RequestRules requestRules;
    private final RuleSet ruleSet;
    private final StateMachine machine;
    private final MemoryState state;
    private final boolean honoursDelays;
    private final boolean isForeign;
    private final Set<String> oncePutOff = new HashSet<>();
    private long tickedAt;

    Replay(Profile profile, boolean isForeign) {
      this.isForeign = isForeign;
      honoursDelays = profile == Profile.RELEASE;
      requestRules = new RequestRules(profile);
      ruleSet = new RuleSet(profile, 30_000);
      machine = new StateMachine(ruleSet);
      state = new MemoryState(profile);
    }

    @Nullable String step(JsonNode step) throws IOException {
      return switch (step.get("type").textValue()) {
        case "call" -> call(step);
        case "http" -> http(step);
        case "parallel" -> parallel(step);
        default -> throw new IllegalArgumentException("unknown step " + step.get("type"));
      };
    }

    private @Nullable String call(JsonNode step) throws IOException {
      var request = step.get("request");
      if (request.get("kind").textValue().equals("debug.tick")) {
        tickedAt = Math.max(tickedAt, request.get("data").path("time").asLong());
      }
      var answer = exchange(JSON.writeValueAsBytes(request));
      var problem = difference(step.get("response"), step.get("status"), answer);
      return problem == null ? snapshotDifference(step) : problem;
    }

    /** Only what reaches the codec: paths, methods and sizes are the HTTP server's. */
    private @Nullable String http(JsonNode step) throws IOException {
      var request = step.get("request");
      var path = request.get("path").textValue();
      boolean isRequest =
          request.get("method").textValue().equals("POST")
              && (path.equals("/") || path.startsWith("/?"))
              && step.has("json");
      return isRequest
          ? difference(step.get("json"), step.get("status"), exchange(body(step.get("body"))))
          : null;
    }

    private static byte[] body(JsonNode body) throws IOException {
      if (body.has("text")) {
        return body.get("text").textValue().getBytes(StandardCharsets.UTF_8);
      }
      if (body.has("base64")) {
        return Base64.getDecoder().decode(body.get("base64").textValue());
      }
      var padded = (ObjectNode) body.get("json").deepCopy();
      var data = (ObjectNode) padded.get("data");
      data.put("pad", "");
      int missing = body.get("padTo").intValue() - JSON.writeValueAsBytes(padded).length;
      data.put("pad", "a".repeat(missing));
      return JSON.writeValueAsBytes(padded);
    }

    private @Nullable String parallel(JsonNode step) throws IOException {
      var statuses = new ArrayList<Integer>();
      var answers = new HashSet<JsonNode>();
      for (var request : step.get("requests")) {
        var answer = exchange(JSON.writeValueAsBytes(request));
        statuses.add(answer.get("head").get("status").intValue());
        answers.add(answer.get("data"));
        if (!answer.get("head").get("corrId").equals(request.get("head").get("corrId"))) {
          return "an answer with a foreign corrId";
        }
      }
      statuses.sort(null);
      var expected = new ArrayList<Integer>();
      step.get("statuses").forEach(status -> expected.add(status.intValue()));
      if (!statuses.equals(expected)) {
        return "statuses " + statuses + ", expected " + expected;
      }
      if (step.get("allEqual").booleanValue() && answers.size() != 1) {
        return "answers differ from each other";
      }
      return snapshotDifference(step);
    }

    private JsonNode exchange(byte[] body) throws IOException {
      return JSON.readTree(
          switch (EnvelopeReader.read(body)) {
            case Incoming.Refused(var kind, var corrId, var response) ->
                ResponseWriter.write(kind, corrId, response);
            case Incoming.Accepted accepted ->
                ResponseWriter.write(accepted.kind(), accepted.head().corrId(), answer(accepted));
          });
    }

    private Response answer(Incoming.Accepted accepted) {
      return switch (RequestReader.read(accepted.kind(), accepted.data())) {
        case Decoded.Refused(var response, _) -> response;
        case Decoded.Valid(var request) -> {
          var debugTime = accepted.head().debugTime();
          var refusal = requestRules.check(request, debugTime);
          if (refusal != null) {
            yield refusal;
          }
          if (request instanceof BulkRead read) {
            yield Reading.answer(read, ruleSet, state.reader());
          }
          var outcome =
              machine.decide(
                  state, new Command.Client(request), debugTime == null ? WALL_CLOCK : debugTime);
          state.apply(outcome.changes());
          Invariants.check(state);
          yield outcome.response();
        }
      };
    }

    private @Nullable String difference(JsonNode expected, JsonNode status, JsonNode answer) {
      if (answer.get("head").get("status").intValue() != status.intValue()) {
        return "expected status " + status + ", got " + answer;
      }
      var wanted = (ObjectNode) expected.deepCopy();
      var found = (ObjectNode) answer.deepCopy();
      wanted.set("data", classOf(wanted.get("data")));
      found.set("data", classOf(found.get("data")));
      return sameNumbers(wanted).equals(sameNumbers(found))
          ? null
          : "expected " + wanted + ", got " + found;
    }

    /** What of an error text must agree. */
    private JsonNode classOf(JsonNode data) {
      if (!data.isTextual()) {
        return data;
      }
      var text = data.textValue();
      if (isForeign) {
        text = TEXTS_OF_MAIN.getOrDefault(text, text);
      }
      for (var prefix :
          List.of("Invalid request envelope:", "Invalid request:", "Invalid action data:")) {
        if (text.startsWith(prefix)) {
          return JSON.getNodeFactory().textNode(prefix);
        }
      }
      return JSON.valueToTree(new TreeSet<>(List.of(text.split("; "))));
    }

    private @Nullable String snapshotDifference(JsonNode step) throws IOException {
      if (!step.has("snap")) {
        return null;
      }
      var snapshot = Reading.answer(new DebugRequest.Snap(), ruleSet, state.reader());
      var answer = JSON.readTree(ResponseWriter.write("debug.snap", "s", snapshot));
      var wanted = normalised(honoursDelays ? withDelays(step.get("snap")) : step.get("snap"));
      var found = normalised(withoutRetries(answer.get("data")));
      for (var name : wanted.keySet()) {
        if (!wanted.get(name).equals(found.get(name))) {
          return "snapshot " + name + ": expected " + wanted.get(name) + ", got " + found.get(name);
        }
      }
      return null;
    }

    /** Without the messages that are put off here and were not there. */
    private JsonNode withDelays(JsonNode snapshot) {
      var putOff = new HashSet<String>();
      for (var promise : snapshot.get("promises")) {
        var delay = Instants.parse(promise.get("tags").path("resonate:delay").asText());
        if (delay != null && delay > Math.max(tickedAt, promise.get("createdAt").longValue())) {
          putOff.add(promise.get("id").textValue());
        }
      }
      oncePutOff.addAll(putOff);
      var copy = (ObjectNode) snapshot.deepCopy();
      copy.withArray("messages")
          .removeIf(row -> {
            var task = row.at("/message/data/task");
            return task.path("version").asLong() == 0 && putOff.contains(task.path("id").asText());
          });
      return withoutRetries(copy);
    }

    /** When an offer that has been put off is repeated follows from when it was made. */
    private JsonNode withoutRetries(JsonNode snapshot) {
      var copy = (ObjectNode) snapshot.deepCopy();
      copy.withArray("taskTimeouts")
          .removeIf(row ->
              row.get("type").intValue() == 0 && oncePutOff.contains(row.get("id").textValue()));
      return copy;
    }

    /** Targeted timeouts only, and no execute message that nobody could acquire any more. */
    private static Map<String, List<String>> normalised(JsonNode snapshot) {
      var targeted = new HashSet<String>();
      for (var promise : snapshot.get("promises")) {
        if (promise.get("tags").has("resonate:target")) {
          targeted.add(promise.get("id").textValue());
        }
      }
      var acquirable = new HashSet<String>();
      for (var task : snapshot.get("tasks")) {
        if (task.get("state").textValue().equals("pending")) {
          acquirable.add(task.get("id").textValue() + " " + task.get("version"));
        }
      }
      var rows = new HashMap<String, List<String>>();
      for (var entry : snapshot.properties()) {
        var kept = new ArrayList<String>();
        for (var row : (ArrayNode) entry.getValue()) {
          boolean keep =
              switch (entry.getKey()) {
                case "promiseTimeouts" -> targeted.contains(row.get("id").textValue());
                case "messages" -> {
                  var task = row.get("message").get("data").get("task");
                  yield task == null
                      || acquirable.contains(
                          task.get("id").textValue() + " " + task.get("version"));
                }
                default -> true;
              };
          if (keep) {
            kept.add(sameNumbers(row).toString());
          }
        }
        kept.sort(Comparator.naturalOrder());
        rows.put(entry.getKey(), kept);
      }
      return rows;
    }

    /** The same tree with sorted members and only one type of integer. */
    private static JsonNode sameNumbers(JsonNode node) {
      if (node instanceof ObjectNode object) {
        var sorted = JSON.createObjectNode();
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        names.forEach(name -> sorted.set(name, sameNumbers(object.get(name))));
        return sorted;
      }
      if (node instanceof ArrayNode array) {
        var copy = JSON.createArrayNode();
        array.forEach(element -> copy.add(sameNumbers(element)));
        return copy;
      }
      return node.isIntegralNumber() ? JSON.getNodeFactory().numberNode(node.longValue()) : node;
    }
  }
}
