package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a promise's param says is to be run: {@code {"func","args","version","retry"?}} (protocol
 * section 18, {@code invoke}; the retry member as the TypeScript SDK writes it).
 *
 * @param version of the function; 0 means any
 */
public record Call(String function, List<JsonNode> arguments, int version, RetryPolicy retry) {

  /** The version of functions that are registered without one, in every SDK. */
  public static final int VERSION = 1;

  public static Value encode(String function, @Nullable Object[] arguments, RetryPolicy retry) {
    ObjectNode call = Values.MAPPER.createObjectNode();
    call.put("func", function);
    call.putArray("args").addAll(arguments(function, arguments));
    call.put("version", VERSION);
    call.set("retry", RetryJson.write(retry));
    return Values.encode(call, "the call of " + function);
  }

  public static List<JsonNode> arguments(String function, @Nullable Object[] arguments) {
    var json = new ArrayList<JsonNode>();
    for (int i = 0; i < arguments.length; i++) {
      json.add(argument(function, i, arguments[i]));
    }
    return json;
  }

  private static JsonNode argument(String function, int index, @Nullable Object argument) {
    try {
      return Values.MAPPER.valueToTree(argument);
    } catch (IllegalArgumentException e) {
      throw new EncodingException(
          "argument " + (index + 1) + " of " + function + " has no JSON form: " + e.getMessage(),
          e);
    }
  }

  /**
   * @throws EncodingException if it is no call that this SDK could make
   */
  public static Call decode(Value param) {
    JsonNode call = Values.tree(param, "the param");
    if (!call.path("func").isTextual()) {
      throw new EncodingException("the param names no function: " + Values.text(param), null);
    }
    String function = call.path("func").asText();
    if (!call.path("kwargs").isEmpty()) {
      throw new EncodingException(
          "the call of " + function + " has keyword arguments, which Java has not", null);
    }
    return new Call(
        function,
        arguments(call.path("args")),
        call.path("version").asInt(VERSION),
        RetryJson.read(call.path("retry")));
  }

  private static List<JsonNode> arguments(JsonNode args) {
    var arguments = new ArrayList<JsonNode>();
    if (args.isArray()) {
      args.forEach(arguments::add);
    } else if (!args.isNull() && !args.isMissingNode()) {
      arguments.add(args); // Rust sends a single argument bare.
    }
    return arguments;
  }
}
