package dev.baton.server.storage.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.baton.protocol.Tags;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Maps of strings, such as tags, as JSON text. */
public final class StringMaps {

  /**
   * Reads whatever it has written: what is stored was accepted once, and it is too late for limits.
   * Names are not kept in a table of symbols, which refuses those that collide on purpose.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private StringMaps() {}

  /** A map as JSON. */
  public static String text(Map<String, String> map) {
    if (map.isEmpty()) {
      return "{}";
    }
    StringWriter text = new StringWriter(64);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      for (Map.Entry<String, String> entry : map.entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing a map of strings", e);
    }
    return text.toString();
  }

  /**
   * JSON as a map, in its order.
   *
   * @throws RuntimeException if it is no map of strings
   */
  public static Map<String, String> map(String text) {
    if (text.equals("{}")) {
      return Map.of();
    }
    Map<String, String> plain = plain(text);
    return Tags.copy(plain == null ? parsed(text) : plain);
  }

  /**
   * What most are: texts without an escape and nothing between them. A parser of everything costs
   * many times what such a map takes, and searches read a great many.
   *
   * @return null if it is not so, whatever it is instead
   */
  private static @Nullable Map<String, String> plain(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    int at = 0;
    char before = '{';
    while (at < text.length() && text.charAt(at) == before) {
      int nameEnd = endOfText(text, at + 1);
      if (nameEnd < 0 || !text.startsWith(":", nameEnd)) {
        return null;
      }
      int valueEnd = endOfText(text, nameEnd + 1);
      if (valueEnd < 0) {
        return null;
      }
      map.put(text.substring(at + 2, nameEnd - 1), text.substring(nameEnd + 2, valueEnd - 1));
      at = valueEnd;
      before = ',';
    }
    return before == ',' && at == text.length() - 1 && text.charAt(at) == '}' ? map : null;
  }

  /** The index behind a text in quotes that begins there; -1 if it is none, or not as it stands. */
  private static int endOfText(String text, int from) {
    if (!text.startsWith("\"", from)) {
      return -1;
    }
    for (int i = from + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' || c < ' ') {
        return -1;
      }
    }
    return -1;
  }

  private static Map<String, String> parsed(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    try (JsonParser in = JSON.createParser(text)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        map.put(name, Objects.requireNonNull(in.nextTextValue(), "no text in a map of strings"));
      }
      if (in.currentToken() != JsonToken.END_OBJECT) {
        throw new IllegalStateException("no map of strings");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no map of strings: " + e.getMessage(), e);
    }
    return map;
  }
}
