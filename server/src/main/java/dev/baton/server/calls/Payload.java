package dev.baton.server.calls;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody gave or got: by convention its data is base64, and nobody has checked that. */
final class Payload {

  private static final JsonFactory JSON = new JsonFactory();
  private static final int SHOWN = 65_536;

  /** In so many characters of base64 a function is named, or it is not shown in lists. */
  private static final int HEAD = 8_192;

  private Payload() {}

  /** Its data decoded; null if there is none. */
  static byte @Nullable [] bytes(Value value) {
    String data = value.data();
    return data == null ? null : decode(data);
  }

  private static byte[] decode(String data) {
    try {
      return Base64.getDecoder().decode(data);
    } catch (IllegalArgumentException _) {
      return data.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** How many bytes its data has, about: it is not decoded for that. */
  static long size(Value value) {
    String data = value.data();
    if (data == null || data.isEmpty()) {
      return 0;
    }
    int padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
    return data.length() % 4 == 0 ? data.length() / 4L * 3 - padding : data.length();
  }

  /** The function that a param names, as SDKs write it; null if it names none at its beginning. */
  static @Nullable String function(Value param) {
    String data = param.data();
    if (data == null || data.isEmpty()) {
      return null;
    }
    byte[] head = decode(data.length() <= HEAD ? data : data.substring(0, HEAD));
    try (JsonParser in = JSON.createParser(head)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean isFunction = in.currentName().equals("func");
        JsonToken value = in.nextToken();
        if (isFunction) {
          return value == JsonToken.VALUE_STRING ? in.getText() : null;
        }
        in.skipChildren();
      }
      return null;
    } catch (IOException _) {
      return null; // It is no JSON, or ends before it is named.
    }
  }

  /** Its data as a text of so many characters at most; null if it is none. */
  static @Nullable String text(Value value, int most) {
    byte[] bytes = bytes(value);
    String text = bytes == null ? null : text(bytes);
    return text == null || text.length() <= most ? text : text.substring(0, most);
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }

  /** All of it that is shown. */
  static void write(Value value, ObjectNode to) {
    Map<String, String> headers = value.headers();
    ObjectNode named = to.putObject("headers");
    if (headers != null) {
      headers.forEach(named::put);
    }
    byte[] bytes = bytes(value);
    to.put("bytes", bytes == null ? 0 : bytes.length);
    String text = bytes == null ? null : text(bytes);
    boolean isLong = text != null && text.length() > SHOWN;
    if (text != null) {
      to.put("text", isLong ? text.substring(0, SHOWN) : text);
    }
    to.put("truncated", isLong);
  }
}
