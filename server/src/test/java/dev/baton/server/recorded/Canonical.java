package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.TreeSet;

/** JSON with its members in order, as the recordings' player writes it. */
final class Canonical {

  private Canonical() {}

  static String text(JsonNode value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text.toString();
  }

  private static void write(JsonNode value, StringBuilder text) {
    if (value instanceof ObjectNode object) {
      TreeSet<String> names = new TreeSet<>();
      object.fieldNames().forEachRemaining(names::add);
      String separator = "{";
      for (String name : names) {
        text.append(separator);
        quote(name, text);
        write(object.required(name), text.append(": "));
        separator = ", ";
      }
      text.append(names.isEmpty() ? "{}" : "}");
    } else if (value instanceof ArrayNode array) {
      String separator = "[";
      for (JsonNode element : array) {
        write(element, text.append(separator));
        separator = ", ";
      }
      text.append(array.isEmpty() ? "[]" : "]");
    } else if (value.isTextual()) {
      quote(value.textValue(), text);
    } else if (value.isFloatingPointNumber()) {
      String plain = new BigDecimal(value.asText()).toPlainString();
      text.append(plain).append(plain.contains(".") ? "" : ".0");
    } else {
      text.append(value.asText());
    }
  }

  private static void quote(String raw, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        default -> {
          if (c < ' ') {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
