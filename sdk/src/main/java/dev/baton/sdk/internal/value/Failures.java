package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.RemoteException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Exceptions as values: {@code {"__type":"error","name","message","stack","causes"}}. The
 * TypeScript, Python and Rust SDKs write and read the first three, of which only the message is
 * common to all of them, and TypeScript the stack; the causes are ours. All of it is bounded: a
 * failure must be storable, whatever failed.
 */
public final class Failures {

  private static final int MOST_MESSAGE = 8_192;
  private static final int MOST_NAME = 512;
  private static final int MOST_STACK = 8_192;
  private static final int MOST_CAUSES = 8;
  private static final int MOST_CAUSE_MESSAGE = 1_024;

  private Failures() {}

  public static Value encode(Values values, Throwable failure) {
    ObjectNode error = Values.MAPPER.createObjectNode();
    error.put("__type", "error");
    if (failure instanceof RemoteException e) {
      // A failure that came from elsewhere keeps what it had there.
      error.put("name", bounded(e.typeName(), MOST_NAME));
      error.put("message", bounded(e.remoteMessage(), MOST_MESSAGE));
      error.put(
          "stack", e.remoteStack().isEmpty() ? stack(e) : bounded(e.remoteStack(), MOST_STACK));
      causes(error, e.remoteCauses());
    } else {
      error.put("name", nameOf(failure));
      error.put("message", messageOf(failure, MOST_MESSAGE));
      error.put("stack", stack(failure));
      causes(error, causesOf(failure));
    }
    return values.sealed(error);
  }

  private static void causes(ObjectNode error, List<RemoteException.Cause> causes) {
    if (!causes.isEmpty()) {
      var array = error.putArray("causes");
      for (var cause : causes.subList(0, Math.min(causes.size(), MOST_CAUSES))) {
        array
            .addObject()
            .put("name", bounded(cause.typeName(), MOST_NAME))
            .put("message", bounded(cause.message(), MOST_CAUSE_MESSAGE));
      }
    }
  }

  private static List<RemoteException.Cause> causesOf(Throwable failure) {
    var causes = new ArrayList<RemoteException.Cause>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.add(failure);
    for (var cause = failure.getCause();
        cause != null && causes.size() < MOST_CAUSES && seen.add(cause);
        cause = cause.getCause()) {
      causes.add(new RemoteException.Cause(nameOf(cause), messageOf(cause, MOST_CAUSE_MESSAGE)));
    }
    return causes;
  }

  private static String stack(Throwable failure) {
    var text = new StringWriter();
    try {
      failure.printStackTrace(new PrintWriter(text));
    } catch (RuntimeException | StackOverflowError e) {
      return ""; // Its own methods may fail, too.
    }
    return bounded(text.toString(), MOST_STACK);
  }

  /** The beginning of a text, as much of it as that many bytes of UTF-8 hold. */
  static String bounded(String text, int bytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= bytes) {
      return text;
    }
    int end = bytes - 3;
    while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
      end--; // Not within a character.
    }
    return new String(utf8, 0, end, StandardCharsets.UTF_8) + "...";
  }

  public static RemoteException decode(Values values, String promiseId, Value value) {
    JsonNode json;
    try {
      json = values.tree(value, "the failure");
    } catch (EncodingException e) {
      return new RemoteException(promiseId, "Error", values.text(value));
    }
    if (json.isObject() && json.path("message").isTextual()) {
      var causes = new ArrayList<RemoteException.Cause>();
      for (var cause : json.path("causes")) {
        causes.add(
            new RemoteException.Cause(
                cause.path("name").asText("Error"), cause.path("message").asText("")));
      }
      return new RemoteException(
          promiseId,
          json.path("name").asText("Error"),
          json.path("message").asText(),
          json.path("stack").isTextual() ? json.path("stack").asText() : "",
          causes);
    }
    String text = json.isNull() ? "" : json.isTextual() ? json.asText() : json.toString();
    return new RemoteException(promiseId, "Error", text);
  }

  private static String nameOf(Throwable failure) {
    String name = failure.getClass().getName();
    return name.isEmpty() ? "Error" : bounded(name, MOST_NAME);
  }

  private static String messageOf(Throwable failure, int most) {
    String message;
    try {
      message = failure.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      message = "(its message failed with " + e.getClass().getName() + ")";
    }
    return message == null ? "" : bounded(message, most);
  }
}
