package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.baton.protocol.Value;
import dev.baton.sdk.Codec;
import dev.baton.sdk.EncodingException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Java values as JSON, base64, in a promise's {@code data}: the form that every SDK reads. */
public final class Values {

  /** For JSON of our own: calls, names, failures. Numbers keep their digits. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder(LosslessMapper.factory())
          .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final Codec codec;

  public Values(Codec codec) {
    this.codec = codec;
  }

  /** Null is no data at all, which all SDKs read as their null. */
  public Value encode(@Nullable Object value, String role) {
    return value == null ? Value.EMPTY : data(json(value, role));
  }

  /** The value alone, as JSON in UTF-8. */
  byte[] json(@Nullable Object value, String role) {
    if (value == null) {
      return NULL;
    }
    try {
      return codec.seal(codec.write(value));
    } catch (IOException e) {
      throw new EncodingException(
          role + " of type " + value.getClass().getName() + " has no JSON form: " + said(e), e);
    } catch (StackOverflowError e) {
      throw new EncodingException(
          role + " of type " + value.getClass().getName() + " contains itself", e);
    }
  }

  /** JSON of our own. */
  public Value data(Object json) {
    try {
      return data(MAPPER.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("only ever given what has a JSON form", e);
    }
  }

  /** JSON of our own that says something of values. */
  Value sealed(Object json) {
    try {
      return data(codec.seal(MAPPER.writeValueAsBytes(json)));
    } catch (IOException e) {
      throw new EncodingException("a failure cannot be stored: " + said(e), e);
    }
  }

  /** What is in a part of a stored JSON. */
  public JsonNode opened(JsonNode stored) {
    try {
      return MAPPER.readTree(codec.open(MAPPER.writeValueAsBytes(stored)));
    } catch (IOException e) {
      throw new EncodingException("what is stored cannot be read: " + said(e), e);
    }
  }

  /** JSON in UTF-8. */
  Value data(byte[] json) {
    return Value.ofData(Base64.getEncoder().encodeToString(json));
  }

  /** Null for a value without data. */
  public @Nullable Object decode(Value value, Type type, String role) {
    return read(bytes(value, role), type, role);
  }

  /** JSON null for a value without data. */
  byte[] bytes(Value value, String role) {
    String data = value.data();
    if (data == null || data.isEmpty()) {
      return NULL;
    }
    try {
      return Base64.getDecoder().decode(data);
    } catch (IllegalArgumentException e) {
      throw new EncodingException(role + " is not base64 of JSON: " + e.getMessage(), e);
    }
  }

  /** The value that the JSON is of that type; null is none of a primitive type. */
  public @Nullable Object read(byte[] json, Type type, String role) {
    if (type == Void.class || type == void.class) {
      return null;
    }
    if (type instanceof Class<?> raw && raw.isPrimitive() && isNull(json)) {
      throw new EncodingException(role + " is null, not " + raw, null);
    }
    try {
      return codec.read(codec.open(json), type);
    } catch (IOException e) {
      throw new EncodingException(role + " is no " + type.getTypeName() + ": " + said(e), e);
    }
  }

  private static boolean isNull(byte[] json) {
    return json.length < 16 && new String(json, StandardCharsets.UTF_8).strip().equals("null");
  }

  /** JSON null for a value without data. */
  public JsonNode tree(Value value, String role) {
    try {
      var tree = MAPPER.readTree(codec.open(bytes(value, role)));
      return tree == null ? NullNode.getInstance() : tree;
    } catch (IOException e) {
      throw new EncodingException(role + " is not base64 of JSON: " + e.getMessage(), e);
    }
  }

  /** The text of the JSON in a value, for messages. */
  public String text(Value value) {
    try {
      return value.data() == null ? "" : new String(bytes(value, ""), StandardCharsets.UTF_8);
    } catch (EncodingException e) {
      return String.valueOf(value.data());
    }
  }

  private static String said(IOException e) {
    return e instanceof JsonProcessingException json
        ? json.getOriginalMessage()
        : String.valueOf(e.getMessage());
  }
}
