package dev.baton.legacy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Value;
import dev.baton.protocol.json.JsonProblem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of an object in a request's body. Whatever is wrong with one is a 400. */
final class Members {

  private final ObjectNode node;
  private final String path;

  private Members(ObjectNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /** Those of the body itself. */
  static Members of(byte[] body) {
    try {
      JsonNode root = LegacyJson.MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
      if (root instanceof ObjectNode object) {
        return new Members(object, "");
      }
      throw new BadRequestException("the body must be a JSON object");
    } catch (JsonProcessingException e) {
      throw new BadRequestException("the body is " + JsonProblem.describe(e));
    }
  }

  /** Those of an inner object. */
  Members object(String name) {
    if (node.get(name) instanceof ObjectNode object) {
      return new Members(object, path + name + ".");
    }
    throw wrong(name, "must be an object");
  }

  /** A text that is not empty. */
  String text(String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(name, "must be a string that is not empty");
    }
    return checked(name, value.textValue());
  }

  String textOr(String name, String fallback) {
    return isAbsent(name) ? fallback : text(name);
  }

  /** An integer that is not less than another. */
  long number(String name, long least) {
    JsonNode value = node.get(name);
    if (value == null
        || !value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least) {
      throw wrong(name, "must be an integer of at least " + least);
    }
    return value.longValue();
  }

  long numberOr(String name, long least, long fallback) {
    return isAbsent(name) ? fallback : number(name, least);
  }

  /** Any value that is there. */
  JsonNode any(String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw wrong(name, "is missing");
    }
    return value;
  }

  /** An object of strings; absent is empty. */
  Map<String, String> strings(String name) {
    if (isAbsent(name)) {
      return Map.of();
    }
    if (!(node.get(name) instanceof ObjectNode object)) {
      throw wrong(name, "must be an object of strings");
    }
    Map<String, String> strings = new LinkedHashMap<>();
    for (var member : object.properties()) {
      if (!member.getValue().isTextual()) {
        throw wrong(name + "." + member.getKey(), "must be a string");
      }
      String key = checked(name, member.getKey());
      strings.put(key, checked(name + "." + key, member.getValue().textValue()));
    }
    return strings;
  }

  /** An object with headers and data, which is base64; absent is empty. */
  Value value(String name) {
    if (isAbsent(name)) {
      return Value.EMPTY;
    }
    Members value = object(name);
    Map<String, String> headers = value.strings("headers");
    String data = value.isAbsent("data") ? null : value.base64("data");
    return new Value(headers.isEmpty() ? null : headers, data);
  }

  private @Nullable String base64(String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isTextual()) {
      throw wrong(name, "must be a string");
    }
    try {
      Base64.getDecoder().decode(value.textValue());
    } catch (IllegalArgumentException e) {
      throw wrong(name, "must be base64");
    }
    return value.textValue().isEmpty() ? null : value.textValue();
  }

  private boolean isAbsent(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull();
  }

  /** Text that can be stored and written again as it is. */
  private String checked(String name, String text) {
    if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw wrong(name, "must not hold null bytes or lone surrogates");
    }
    return text;
  }

  BadRequestException wrong(String name, String rule) {
    return new BadRequestException(path + name + " " + rule);
  }
}
