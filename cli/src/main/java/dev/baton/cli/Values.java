package dev.baton.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Value;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What promises carry, as the command line writes it: {@code {"headers": {}, "data": …}}. */
final class Values {

  private Values() {}

  /** The value of an option. Its data is encoded: a string as it is, all else as JSON text. */
  static Value of(Arguments arguments, String flag) {
    JsonNode json = arguments.jsonOrNull(flag);
    if (json == null) {
      return Value.EMPTY;
    }
    if (!json.isObject()) {
      throw arguments.wrong(flag, "must be an object with headers, data, or both");
    }
    for (var member : json.properties()) {
      if (!member.getKey().equals("headers") && !member.getKey().equals("data")) {
        throw arguments.wrong(
            flag, "must be an object with headers, data, or both; it has " + member.getKey());
      }
    }
    JsonNode headers = json.get("headers");
    JsonNode data = json.get("data");
    return new Value(
        headers == null || headers.isNull() ? null : arguments.strings(flag, headers),
        data == null || data.isNull() ? null : encode(data));
  }

  /** Encodes the data of {@code param} and {@code value} in an action's data, in place. */
  static void encodeIn(ObjectNode action) {
    for (String name : new String[] {"param", "value"}) {
      if (action.get(name) instanceof ObjectNode value && value.has("data")) {
        JsonNode data = value.get("data");
        if (!data.isNull()) {
          value.put("data", encode(data));
        }
      }
    }
  }

  private static String encode(JsonNode data) {
    return encode(data.isTextual() ? data.textValue() : data.toString());
  }

  static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
