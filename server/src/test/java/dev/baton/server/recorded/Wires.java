package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The streams that a transcript opens and the addresses that it is posted to, in real time. */
final class Wires implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How long a server may take to notice that a stream is there. */
  private static final long OPENED_MS = 150;

  /** How long it may take to notice that one is gone. */
  private static final long CLOSED_MS = 300;

  private static final long TURN_MS = 20;
  private static final long LAST_LOOK_MS = 10;

  private final int port;
  private final Map<String, EventStream> streams = new HashMap<>();
  private final Map<String, Sink> sinks = new HashMap<>();

  Wires(int port) {
    this.port = port;
  }

  @Nullable String play(JsonNode step) throws IOException, InterruptedException {
    return switch (step.required("type").textValue()) {
      case "poll.open" -> open(step);
      case "poll.expect" -> expectOnStreams(step);
      case "poll.quiet" -> quietOnStreams(step);
      case "poll.close" -> {
        stream(step.required("conn")).close();
        streams.remove(step.required("conn").textValue());
        pass(CLOSED_MS);
        yield null;
      }
      case "push.listen" -> {
        sinks.put(step.required("sink").textValue(), new Sink(step.required("answer").intValue()));
        yield null;
      }
      case "push.expect" -> {
        ArrayNode wanted = Normal.array(step.required("requests"));
        ArrayNode got = sink(step).take(wanted.size(), step.required("withinMs").longValue());
        yield Difference.between(wanted, named(Normal.withoutClock(got)));
      }
      case "push.quiet" -> {
        ArrayNode got = sink(step).take(1, step.required("forMs").longValue());
        yield got.isEmpty() ? null : "got " + Canonical.text(got.required(0));
      }
      case "sleep" -> {
        pass(step.required("ms").longValue());
        yield null;
      }
      default -> throw new IllegalArgumentException("unknown step " + step);
    };
  }

  private @Nullable String open(JsonNode step) throws IOException, InterruptedException {
    EventStream stream =
        EventStream.open(
            port, step.required("path").textValue(), Player.headers(step.path("headers")));
    int wanted = step.required("status").intValue();
    if (stream.status() != wanted) {
      stream.close();
      return "expected status %d, got %s".formatted(wanted, stream.status());
    }
    if (stream.status() == 200) {
      streams.put(step.required("conn").textValue(), stream);
      if (!Player.mediaType(stream.contentType()).equals("text/event-stream")) {
        return "content-type " + stream.contentType();
      }
    }
    pass(OPENED_MS);
    return null;
  }

  private @Nullable String expectOnStreams(JsonNode step) throws IOException, InterruptedException {
    ArrayNode wanted = Normal.array(step.required("messages"));
    long within = TimeUnit.MILLISECONDS.toNanos(step.required("withinMs").longValue());
    long begin = System.nanoTime();
    List<JsonNode> messages = new ArrayList<>();
    while (messages.size() < wanted.size() && System.nanoTime() - begin < within) {
      for (JsonNode name : step.required("conns")) {
        JsonNode message = stream(name).next(TURN_MS);
        if (message != null) {
          messages.add(Normal.withoutClock(message));
        }
      }
    }
    messages.sort(Comparator.comparing(Canonical::text));
    return Difference.between(wanted, JSON.createArrayNode().addAll(messages));
  }

  private @Nullable String quietOnStreams(JsonNode step) throws IOException, InterruptedException {
    pass(step.required("forMs").longValue());
    for (JsonNode name : step.required("conns")) {
      JsonNode message = stream(name).next(LAST_LOOK_MS);
      if (message != null) {
        return "%s got %s".formatted(name.textValue(), Canonical.text(message));
      }
    }
    return null;
  }

  /** The transcripts are of the wall clock: nothing else can be waited for. */
  private static void pass(long ms) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(ms);
  }

  private EventStream stream(JsonNode name) {
    EventStream stream = streams.get(name.textValue());
    if (stream == null) {
      throw new IllegalArgumentException("no stream " + name);
    }
    return stream;
  }

  private Sink sink(JsonNode step) {
    Sink sink = sinks.get(step.required("sink").textValue());
    if (sink == null) {
      throw new IllegalArgumentException("no sink of " + step);
    }
    return sink;
  }

  /** With the addresses in place of their names. */
  JsonNode filled(JsonNode value) {
    return sinks.isEmpty() ? value : Normal.texts(value, this::filled);
  }

  private String filled(String text) {
    String filled = text;
    for (var sink : sinks.entrySet()) {
      filled = filled.replace("${push:%s}".formatted(sink.getKey()), sink.getValue().url());
    }
    return filled;
  }

  /** With the names in place of their addresses. */
  JsonNode named(JsonNode value) {
    return sinks.isEmpty() ? value : Normal.texts(value, this::named);
  }

  private String named(String text) {
    String named = text;
    for (var sink : sinks.entrySet()) {
      named = named.replace(sink.getValue().url(), "${push:%s}".formatted(sink.getKey()));
    }
    return named;
  }

  @Override
  public void close() throws IOException {
    for (EventStream stream : streams.values()) {
      stream.close();
    }
    sinks.values().forEach(Sink::close);
  }
}
