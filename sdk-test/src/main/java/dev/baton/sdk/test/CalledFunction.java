package dev.baton.sdk.test;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.protocol.Value;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a promise's param says is to be run.
 *
 * @param version 0 for any
 */
record CalledFunction(String name, int version) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the param asks for, as SDKs write it; null if it says nothing of the kind. */
  static @Nullable CalledFunction of(Value param) {
    var json = json(param);
    return json != null && json.path("func").isTextual()
        ? new CalledFunction(json.path("func").asText(), json.path("version").asInt(1))
        : null;
  }

  /** What a value holds, if that is JSON as SDKs write it. */
  static @Nullable JsonNode json(Value value) {
    String data = value.data();
    if (data == null || data.isEmpty()) {
      return null;
    }
    try {
      return json(Base64.getDecoder().decode(data));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The JSON of a text in UTF-8, if it is one. */
  static @Nullable JsonNode json(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("an array can be read", e);
    }
  }

  @Override
  public String toString() {
    return version == 0 ? name : name + " (version " + version + ")";
  }
}
