package dev.baton.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code invoke}: calls a function by its name. */
final class InvokeCommand {

  private InvokeCommand() {}

  static CommandSpec create(String name, String description) {
    return Verb.of(name, description)
        .argument("ID", "the call's; the same id again is the same call")
        .option(List.of("-t", "--timeout"), "DURATION", "how long the call may take", "1h")
        .required(List.of("-f", "--func"), "NAME", "the function")
        .repeatable("--arg", "ARG", "an argument: JSON, or else a string; repeatable")
        .option("--json-args", "JSON", "all arguments at once, as a JSON array")
        .option(List.of("--version"), "N", "the function's version", "1")
        .option(
            List.of("--target"), "ADDRESS", "the group or address it is for", "poll://any@default")
        .option("--delay", "DURATION", "how long it is held back")
        .sends(InvokeCommand::request);
  }

  private static PromiseRequest.Create request(Arguments given) {
    ObjectNode call = Arguments.mapper().createObjectNode();
    String function = given.text("--func");
    if (function.isBlank()) {
      throw given.wrong("--func", "must be the name of a function, not '" + function + "'");
    }
    call.put("func", function);
    call.set("args", arguments(given));
    call.put("version", given.number("--version"));
    Map<String, String> tags = new LinkedHashMap<>();
    String target = given.text("--target");
    tags.put(Tags.TARGET, target.contains("://") ? target : "poll://any@" + Remote.segment(target));
    if (given.isSet("--delay")) {
      tags.put(Tags.DELAY, Long.toString(given.fromNow("--delay")));
    }
    return new PromiseRequest.Create(
        given.argument(0),
        given.fromNow("--timeout"),
        new Value(Map.of(), Values.encode(call.toString())),
        tags);
  }

  private static ArrayNode arguments(Arguments given) {
    List<String> each = given.texts("--arg");
    JsonNode all = given.jsonOrNull("--json-args");
    if (all == null) {
      ArrayNode list = Arguments.mapper().createArrayNode();
      each.forEach(argument -> list.add(jsonOrText(argument)));
      return list;
    }
    if (!each.isEmpty()) {
      throw given.wrong("--json-args", "and --arg exclude each other");
    }
    if (!(all instanceof ArrayNode list)) {
      throw given.wrong("--json-args", "must be a JSON array");
    }
    return list;
  }

  private static JsonNode jsonOrText(String argument) {
    try {
      JsonNode json = Arguments.value(argument);
      return json.isMissingNode() ? Arguments.mapper().getNodeFactory().textNode(argument) : json;
    } catch (JsonProcessingException e) {
      return Arguments.mapper().getNodeFactory().textNode(argument);
    }
  }
}
