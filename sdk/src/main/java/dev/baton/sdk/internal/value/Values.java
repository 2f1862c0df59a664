package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Java values as JSON, base64, in a promise's {@code data}: the form that every SDK reads. */
public final class Values {

  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Values() {}

  /** Null is no data at all, which all SDKs read as their null. */
  public static Value encode(@Nullable Object value, String role) {
    if (value == null) {
      return Value.EMPTY;
    }
    try {
      byte[] json = MAPPER.writeValueAsBytes(value);
      return Value.ofData(Base64.getEncoder().encodeToString(json));
    } catch (JsonProcessingException e) {
      throw new EncodingException(
          role + " of type " + value.getClass().getName() + " has no JSON form: " + said(e), e);
    }
  }

  /** Null for a value without data. */
  static @Nullable Object decode(Value value, Type type, String role) {
    return convert(tree(value, role), type, role);
  }

  /** JSON null for a value without data. */
  public static JsonNode tree(Value value, String role) {
    String data = value.data();
    if (data == null || data.isEmpty()) {
      return NullNode.getInstance();
    }
    try {
      return MAPPER.readTree(Base64.getDecoder().decode(data));
    } catch (IOException | IllegalArgumentException e) {
      throw new EncodingException(role + " is not base64 of JSON: " + e.getMessage(), e);
    }
  }

  public static @Nullable Object convert(JsonNode json, Type type, String role) {
    if (type == Void.class || type == void.class) {
      return null;
    }
    JavaType javaType = MAPPER.constructType(type);
    if ((json.isNull() || json.isMissingNode()) && !javaType.isPrimitive()) {
      // An Optional has a null of its own.
      return javaType.isReferenceType() ? MAPPER.convertValue(json, javaType) : null;
    }
    try {
      if (javaType.isPrimitive() && json.isNull()) {
        throw new EncodingException(role + " is null, not " + javaType.toCanonical(), null);
      }
      return MAPPER.readValue(MAPPER.treeAsTokens(json), javaType);
    } catch (IOException e) {
      throw new EncodingException(role + " is no " + javaType.toCanonical() + ": " + said(e), e);
    }
  }

  /** The text of the JSON in a value, for messages. */
  static String text(Value value) {
    String data = value.data();
    if (data == null) {
      return "";
    }
    try {
      return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return data;
    }
  }

  private static String said(IOException e) {
    return e instanceof JsonProcessingException json
        ? json.getOriginalMessage()
        : String.valueOf(e.getMessage());
  }
}
