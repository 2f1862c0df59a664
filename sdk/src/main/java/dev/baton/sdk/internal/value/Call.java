package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.Options;
import dev.baton.sdk.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a promise's param says is to be run: {@code {"func","args","version","retry"?}} (protocol
 * section 18, {@code invoke}; the retry member as the TypeScript SDK writes it).
 *
 * @param arguments each as JSON in UTF-8, to be read as what the function takes
 * @param version of the function; 0 means any
 */
public record Call(String function, List<byte[]> arguments, int version, RetryPolicy retry) {

  /** The version of functions that are registered without one, in every SDK. */
  public static final int VERSION = 1;

  /**
   * The param of a call with those options.
   *
   * @throws IllegalArgumentException if no function has that name, which would be waited for in
   *     vain
   */
  public static Value encode(
      Values values, String function, @Nullable Object[] arguments, Options options) {
    if (function.isBlank()) {
      throw new IllegalArgumentException("the name of the function that is called is blank");
    }
    var json = new ByteArrayOutputStream();
    begin(json, function, arguments(values, function, arguments), options.version());
    json.writeBytes(ascii(",\"retry\":" + RetryJson.write(options.retry()) + "}"));
    return values.data(json.toByteArray());
  }

  /** The param of a step that runs here: what it was called with, and nothing about how. */
  public static Value encodeLocal(Values values, String function, List<byte[]> arguments) {
    var json = new ByteArrayOutputStream();
    begin(json, function, arguments, VERSION);
    json.write('}');
    return values.data(json.toByteArray());
  }

  private static void begin(
      ByteArrayOutputStream json, String function, List<byte[]> arguments, int version) {
    json.writeBytes(ascii("{\"func\":"));
    json.writeBytes(quoted(function));
    json.writeBytes(ascii(",\"args\":["));
    for (int i = 0; i < arguments.size(); i++) {
      if (i > 0) {
        json.write(',');
      }
      json.writeBytes(arguments.get(i));
    }
    json.writeBytes(ascii("],\"version\":" + version));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] quoted(String text) {
    try {
      return Values.MAPPER.writeValueAsBytes(text);
    } catch (IOException e) {
      throw new IllegalStateException("a text has a JSON form", e);
    }
  }

  /** Each argument as JSON. */
  public static List<byte[]> arguments(
      Values values, String function, @Nullable Object[] arguments) {
    var json = new ArrayList<byte[]>(arguments.length);
    for (int i = 0; i < arguments.length; i++) {
      json.add(values.json(arguments[i], "argument " + (i + 1) + " of " + function));
    }
    return json;
  }

  /**
   * @throws EncodingException if it is no call that this SDK could make
   */
  public static Call decode(Values values, Value param) {
    byte[] json = values.bytes(param, "the param");
    try (var parser = Values.MAPPER.createParser(json)) {
      return read(values, param, json, parser);
    } catch (IOException e) {
      throw new EncodingException("the param is not base64 of JSON: " + e.getMessage(), e);
    }
  }

  private static Call read(Values values, Value param, byte[] json, JsonParser parser)
      throws IOException {
    String function = null;
    List<byte[]> arguments = List.of();
    boolean hasKeywords = false;
    int version = VERSION;
    RetryPolicy retry = RetryPolicy.never();
    boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
    while (isObject && parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      var token = parser.nextToken();
      switch (name) {
        case "func" -> function = token == JsonToken.VALUE_STRING ? parser.getText() : null;
        case "args" -> arguments = slices(parser, json);
        case "version" -> version = token.isNumeric() ? parser.getValueAsInt() : VERSION;
        case "kwargs" -> hasKeywords = !tree(parser).isEmpty();
        case "retry" -> retry = RetryJson.read(tree(parser));
        default -> {}
      }
      parser.skipChildren();
    }
    if (function == null) {
      throw new EncodingException("the param names no function: " + values.text(param), null);
    }
    if (hasKeywords) {
      throw new EncodingException(
          "the call of " + function + " has keyword arguments, which Java has not", null);
    }
    return new Call(function, arguments, version, retry);
  }

  private static JsonNode tree(JsonParser parser) throws IOException {
    JsonNode tree = Values.MAPPER.readTree(parser);
    return tree == null ? MissingNode.getInstance() : tree;
  }

  private static List<byte[]> slices(JsonParser parser, byte[] json) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return List.of();
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return List.of(slice(parser, json)); // Rust sends a single argument bare.
    }
    var slices = new ArrayList<byte[]>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      slices.add(slice(parser, json));
    }
    return slices;
  }

  /** The bytes of the value that begins here: no number passes through another type. */
  private static byte[] slice(JsonParser parser, byte[] json) throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    return Arrays.copyOfRange(json, from, (int) parser.currentLocation().getByteOffset());
  }
}
