package dev.baton.server.dispatch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.baton.protocol.Value;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A function that a task asks for, or that a worker has.
 *
 * @param version {@link #ANY} for whichever the worker has
 */
public record FunctionRef(String name, int version) {

  /** A call that wants no particular version. */
  public static final int ANY = 0;

  /** What one takes in memory as one of a set, without its name. */
  public static final int BYTES = 96;

  /** The version of a function that does not say, in every SDK. */
  private static final int FIRST = 1;

  /** A step of the engine does not read more than that for one task. */
  private static final int MOST_CHARACTERS = 64 << 10;

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * What a call's param asks for, as SDKs write it: base64 of {@code {"func","args","version"}}.
   * Null if it says nothing of the kind, or is too large to be looked at here.
   */
  public static @Nullable FunctionRef of(Value param) {
    String data = param.data();
    if (data == null || data.isEmpty() || data.length() > MOST_CHARACTERS) {
      return null;
    }
    try (JsonParser parser = JSON.createParser(Base64.getDecoder().decode(data))) {
      return parser.nextToken() == JsonToken.START_OBJECT ? read(parser) : null;
    } catch (IOException | IllegalArgumentException e) {
      return null; // Whoever takes it finds out.
    }
  }

  private static @Nullable FunctionRef read(JsonParser parser) throws IOException {
    String name = null;
    int version = FIRST;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken token = parser.nextToken();
      if (field.equals("func")) {
        name = token == JsonToken.VALUE_STRING ? parser.getText() : null;
      } else if (field.equals("version") && token == JsonToken.VALUE_NUMBER_INT) {
        version = parser.getIntValue();
      }
      parser.skipChildren();
    }
    return name == null ? null : new FunctionRef(name, version);
  }

  /**
   * What a worker announces: {@code name:1,2} for each function, its versions in turn.
   *
   * @throws IllegalArgumentException if one is not of that form; the message is for who wrote it
   */
  public static Set<FunctionRef> announced(List<String> texts) {
    Set<FunctionRef> all = new HashSet<>();
    for (String text : texts) {
      int colon = text.lastIndexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException(malformed(text));
      }
      String name = text.substring(0, colon);
      all.add(new FunctionRef(name, ANY));
      for (String version : text.substring(colon + 1).split(",", -1)) {
        try {
          int number = Integer.parseInt(version);
          if (number < FIRST) {
            throw new IllegalArgumentException(malformed(text));
          }
          all.add(new FunctionRef(name, number));
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException(malformed(text), e);
        }
      }
    }
    return all;
  }

  private static String malformed(String text) {
    return "has must be a function's name, a colon, and versions from 1 with commas between, not '"
        + text
        + "'";
  }

  @Override
  public String toString() {
    return version == ANY ? name : name + " (version " + version + ")";
  }
}
