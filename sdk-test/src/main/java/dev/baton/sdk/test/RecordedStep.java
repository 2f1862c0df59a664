package dev.baton.sdk.test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.Codec;
import dev.baton.sdk.internal.value.JsonValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is compared of a step: what it is, what it runs, in which version, and with what.
 *
 * @param kind run, rpc, sleep or promise
 * @param name of what it runs; empty for what runs nothing
 * @param version 0 for what has none
 * @param arguments null for what is not called with any
 */
record RecordedStep(String kind, String name, int version, @Nullable ArrayNode arguments) {

  private static final int MOST_SHOWN = 200;

  static RecordedStep of(Map<String, String> tags, Value param, Codec codec) {
    String kind;
    if ("true".equals(tags.get(Tags.TIMER))) {
      kind = "sleep";
    } else if ("local".equals(tags.get(Tags.SCOPE))) {
      kind = "run";
    } else {
      kind = tags.containsKey(Tags.TARGET) ? "rpc" : "promise";
    }
    var json = kind.equals("run") || kind.equals("rpc") ? CalledFunction.json(param) : null;
    if (json == null) {
      return new RecordedStep(kind, "", 0, null);
    }
    var stored = json.get("args");
    ArrayNode arguments = null;
    if (stored != null && stored.isArray()) {
      arguments = JsonNodeFactory.instance.arrayNode();
      for (var argument : stored) {
        arguments.add(opened(argument, codec));
      }
    }
    return new RecordedStep(
        kind, json.path("func").asText(""), json.path("version").asInt(1), arguments);
  }

  /** The same value need not be sealed the same way twice. */
  private static JsonNode opened(JsonNode stored, Codec codec) {
    try {
      var opened = codec.open(stored.toString().getBytes(StandardCharsets.UTF_8));
      var json = CalledFunction.json(opened);
      return json == null ? stored : json;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "an argument of the recorded history cannot be opened: give the replay the codec that it"
              + " was written with ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** How it differs from what it was, in a few words; null if it does not. */
  @Nullable String differenceFrom(RecordedStep before) {
    if (!kind.equals(before.kind) || !name.equals(before.name)) {
      return "was %s when it was recorded, and is now %s".formatted(before, this);
    }
    if (version != before.version) {
      return "%s, was of version %d when it was recorded, and is now of version %d"
          .formatted(this, before.version, version);
    }
    if (arguments != null
        && before.arguments != null
        && !JsonValues.areAlike(arguments, before.arguments)) {
      return "%s, was called with %s when it was recorded, and is now called with %s"
          .formatted(this, shown(before.arguments), shown(arguments));
    }
    return null;
  }

  static String shown(JsonNode json) {
    String text = json.toString();
    return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
  }

  @Override
  public String toString() {
    return name.isEmpty() ? kind : kind + " '" + name + "'";
  }
}
