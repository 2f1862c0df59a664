package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.RemoteException;
import java.util.LinkedHashMap;

/**
 * Exceptions as values: {@code {"__type":"error","name","message"}}, which the TypeScript, Python
 * and Rust SDKs write and read; of the members only the message is common to all of them.
 */
public final class Failures {

  private Failures() {}

  public static Value encode(Throwable failure) {
    var error = new LinkedHashMap<String, String>();
    error.put("__type", "error");
    // A failure that came from elsewhere keeps the name and message that it had there.
    error.put("name", failure instanceof RemoteException e ? e.typeName() : nameOf(failure));
    error.put(
        "message", failure instanceof RemoteException e ? e.remoteMessage() : messageOf(failure));
    return Values.encode(error, "a failure");
  }

  static RemoteException decode(String promiseId, Value value) {
    JsonNode json;
    try {
      json = Values.tree(value, "the failure");
    } catch (EncodingException e) {
      return new RemoteException(promiseId, "Error", Values.text(value));
    }
    if (json.isObject() && json.path("message").isTextual()) {
      return new RemoteException(
          promiseId, json.path("name").asText("Error"), json.path("message").asText());
    }
    String text = json.isNull() ? "" : json.isTextual() ? json.asText() : json.toString();
    return new RemoteException(promiseId, "Error", text);
  }

  private static String nameOf(Throwable failure) {
    String name = failure.getClass().getName();
    return name.isEmpty() ? "Error" : name;
  }

  private static String messageOf(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "" : message;
  }
}
