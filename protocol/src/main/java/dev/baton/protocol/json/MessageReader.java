package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.baton.protocol.Message;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the messages of protocol section 12. */
public final class MessageReader {

  private MessageReader() {}

  /** The message, or null for an unknown kind and for anything that is no message: drop it. */
  public static @Nullable Message read(byte[] json) {
    var text = Json.decode(json);
    return text == null ? null : read(text);
  }

  /** The message, or null for an unknown kind and for anything that is no message: drop it. */
  public static @Nullable Message read(String json) {
    try (var cursor = Json.cursor(json)) {
      if (cursor.next() != JsonToken.START_OBJECT) {
        return null;
      }
      var problem = new Fields.Problem();
      var envelope = new Fields(cursor.object(), "", problem);
      cursor.end();
      var message =
          switch (envelope.string("kind")) {
            case "execute" -> execute(envelope);
            case "unblock" ->
                new Message.Unblock(
                    RecordReader.promise(envelope.object("data").object("promise")));
            case "settled" -> {
              var task = envelope.object("data").object("task");
              yield new Message.Settled(task.string("id"), task.integer("version"));
            }
            default -> null;
          };
      return problem.text() == null ? message : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  static Message.Execute execute(Fields envelope) {
    var serverUrl = envelope.object("head").stringOrNull("serverUrl");
    var task = envelope.object("data").object("task");
    return new Message.Execute(
        serverUrl == null ? "" : serverUrl, task.string("id"), task.integer("version"));
  }
}
