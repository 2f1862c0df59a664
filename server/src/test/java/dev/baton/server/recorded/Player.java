package dev.baton.server.recorded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Plays transcripts against a server that nobody else uses, over one connection. */
final class Player implements AutoCloseable {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final byte[] SNAPSHOT =
      "{\"kind\":\"debug.snap\",\"head\":{\"corrId\":\"snap\",\"version\":\"2026-04-01\"},\"data\":{}}"
          .getBytes(UTF_8);
  private static final int SHOWN = 300;

  private final int port;
  private final Settings settings;
  private final Connection connection;
  private Report report = Report.NOTHING;

  Player(int port, Settings settings) {
    this.port = port;
    this.settings = settings;
    connection = new Connection(port);
  }

  /** What was found until now. */
  Report report() {
    return report;
  }

  /** Plays it to its end, whatever differs. */
  void play(Transcript transcript) throws IOException, InterruptedException {
    List<JsonNode> lines = transcript.lines();
    JsonNode meta = lines.getFirst();
    if (settings.skips(meta)) {
      report = report.plus(new Report(0, 0, 1, 0, List.of()));
      return;
    }
    List<JsonNode> steps = lines.subList(1, lines.size());
    List<String> mismatches = new ArrayList<>();
    try (Wires wires = new Wires(port)) {
      boolean isRealtime = meta.required("realtime").booleanValue();
      for (int i = 0; i < steps.size(); i++) {
        JsonNode step = steps.get(i);
        String problem = problem(step, wires, isRealtime);
        if (problem != null) {
          mismatches.add(
              "%s: step %d %s: %s".formatted(transcript.name(), i, title(step), problem));
        }
      }
    }
    boolean isSound = mismatches.isEmpty();
    report = report.plus(new Report(isSound ? 1 : 0, isSound ? 0 : 1, 0, steps.size(), mismatches));
  }

  private static String title(JsonNode step) {
    String type = step.required("type").textValue();
    String what = type.equals("call") ? step.at("/request/kind").textValue() : type;
    return step.has("note") ? "%s (%s)".formatted(what, step.get("note").textValue()) : what;
  }

  private @Nullable String problem(JsonNode step, Wires wires, boolean isRealtime)
      throws InterruptedException {
    try {
      return switch (step.required("type").textValue()) {
        case "call" -> call(step, wires, isRealtime);
        case "parallel" -> parallel(step);
        case "http" -> http(step);
        default -> wires.play(step);
      };
    } catch (IOException | RuntimeException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }

  private @Nullable String call(JsonNode step, Wires wires, boolean isRealtime) throws IOException {
    Connection.Answer answer =
        connection.post(JSON.writeValueAsBytes(wires.filled(step.required("request"))));
    if (!isStatus(step, answer)) {
      return "HTTP status: expected %s, got %d: %s"
          .formatted(step.required("status").asText(), answer.status(), shown(answer.body()));
    }
    JsonNode body = parsed(answer.body());
    if (body == null || body.isNull()) {
      return "body is not JSON: " + shown(answer.body());
    }
    UnaryOperator<JsonNode> scrub = isRealtime ? Normal::withoutClock : UnaryOperator.identity();
    ObjectNode wanted = Normal.object(scrub.apply(step.required("response")));
    ObjectNode got = Normal.object(scrub.apply(wires.named(body)));
    String difference = difference(wanted, got);
    return difference == null ? snapshot(step) : "response" + difference;
  }

  private static @Nullable String difference(ObjectNode wanted, ObjectNode got) {
    return Difference.between(
        Normal.answer(wanted, wanted.required("data")),
        Normal.answer(got, Normal.orNull(got, "data")));
  }

  private @Nullable String snapshot(JsonNode step) throws IOException {
    if (!step.has("snap") || !settings.hasSnapshots()) {
      return null;
    }
    JsonNode data = JSON.readTree(connection.post(SNAPSHOT).body()).required("data");
    String difference =
        Difference.between(
            Normal.snapshot(Normal.object(step.required("snap")), settings),
            Normal.snapshot(Normal.object(data), settings));
    return difference == null ? null : "snapshot" + difference;
  }

  /** All at once, each over a connection of its own. */
  private @Nullable String parallel(JsonNode step) throws IOException, InterruptedException {
    JsonNode requests = step.required("requests");
    List<Connection.Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Connection.Answer>> sent = new ArrayList<>();
      for (JsonNode request : requests) {
        sent.add(threads.submit(() -> sendAlone(request)));
      }
      for (Future<Connection.Answer> each : sent) {
        answers.add(each.get());
      }
    } catch (ExecutionException e) {
      return "a request failed: " + e.getCause();
    }
    ArrayNode statuses = JSON.createArrayNode();
    answers.stream().mapToInt(Connection.Answer::status).sorted().forEach(statuses::add);
    JsonNode wanted = step.required("statuses");
    if (Difference.between(wanted, statuses) != null) {
      return "statuses: expected %s, got %s"
          .formatted(Canonical.text(wanted), Canonical.text(statuses));
    }
    Set<String> data = new HashSet<>();
    for (Connection.Answer answer : answers) {
      data.add(Canonical.text(JSON.readTree(answer.body()).required("data")));
    }
    if (step.required("allEqual").booleanValue() && data.size() != 1) {
      return "answers differ from each other";
    }
    for (int i = 0; i < answers.size(); i++) {
      JsonNode head = JSON.readTree(answers.get(i).body()).required("head");
      JsonNode corrId = requests.required(i).required("head").required("corrId");
      if (!head.required("corrId").equals(corrId)
          || head.required("status").intValue() != answers.get(i).status()) {
        return "answer %d carries a foreign head: %s".formatted(i, Canonical.text(head));
      }
    }
    return snapshot(step);
  }

  private Connection.Answer sendAlone(JsonNode request) throws IOException {
    try (Connection own = new Connection(port)) {
      return own.post(JSON.writeValueAsBytes(request));
    }
  }

  private @Nullable String http(JsonNode step) throws IOException {
    JsonNode request = step.required("request");
    String method = request.required("method").textValue();
    String path = request.required("path").textValue();
    Connection.Answer answer =
        connection.send(method, path, headers(request.required("headers")), body(step.get("body")));
    if (!isStatus(step, answer)) {
      return "%s %s: expected status %s, got %d: %s"
          .formatted(
              method,
              path,
              step.required("status").asText(),
              answer.status(),
              shown(answer.body()));
    }
    String type = step.path("contentType").asText();
    if (!type.isEmpty() && !mediaType(answer.header("content-type")).equals(mediaType(type))) {
      return "content-type: expected %s, got %s"
          .formatted(type, answer.headers().getOrDefault("content-type", "None"));
    }
    JsonNode wanted = step.get("json");
    if (wanted == null) {
      return null; // What else is said is for people.
    }
    JsonNode got = parsed(answer.body());
    if (got == null) {
      return "body is not JSON: " + shown(answer.body());
    }
    return wanted instanceof ObjectNode object && object.has("data")
        ? difference(object, Normal.object(got))
        : Difference.between(wanted, got);
  }

  static Map<String, String> headers(JsonNode headers) {
    Map<String, String> flat = new HashMap<>();
    for (var header : headers.properties()) {
      flat.put(header.getKey(), header.getValue().textValue());
    }
    return flat;
  }

  private static byte @Nullable [] body(@Nullable JsonNode body) throws JsonProcessingException {
    if (body == null) {
      return null;
    }
    if (body.has("text")) {
      return body.required("text").textValue().getBytes(UTF_8);
    }
    if (body.has("base64")) {
      return Base64.getDecoder().decode(body.required("base64").textValue());
    }
    ObjectNode padded = body.required("json").deepCopy();
    ObjectNode data = Normal.object(padded.required("data"));
    data.put("pad", "");
    int missing = body.required("padTo").intValue() - JSON.writeValueAsBytes(padded).length;
    data.put("pad", "a".repeat(missing));
    return JSON.writeValueAsBytes(padded);
  }

  private static boolean isStatus(JsonNode step, Connection.Answer answer) {
    return Difference.isSame(
        step.required("status"), JSON.getNodeFactory().numberNode(answer.status()));
  }

  static String mediaType(String header) {
    return header.split(";", -1)[0];
  }

  private static @Nullable JsonNode parsed(byte[] body) throws IOException {
    try {
      JsonNode parsed = JSON.readTree(body);
      return parsed.isMissingNode() ? null : parsed;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static String shown(byte[] body) {
    return new String(Arrays.copyOf(body, Math.min(body.length, SHOWN)), UTF_8);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
