package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Response;
import java.io.IOException;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frame of a request (protocol section 4.1, steps 1 to 4). A body that is not JSON is
 * refused without an echo; any other is read to its end, so that the refusal can echo what it
 * holds.
 */
public final class EnvelopeReader {

  private static final String INVALID = "Invalid request envelope: ";

  private static final Response NO_ROOM =
      Response.failure(
          503, "There is no room for the values of the body beside the requests of others");

  private final Json.Cursor cursor;

  private @Nullable String problem;
  private @Nullable String kind;
  private boolean kindGiven;
  private boolean headGiven;
  private @Nullable JsonNode data;

  private @Nullable String corrId;
  private @Nullable String version;
  private @Nullable String auth;
  private @Nullable Long debugTime;

  private EnvelopeReader(Json.Cursor cursor) {
    this.cursor = cursor;
  }

  /** Never throws: whatever is wrong with the body is a refusal with status 400. */
  public static Incoming read(byte[] body) {
    return read(body, name -> true);
  }

  /**
   * The same.
   *
   * @param room asked for memory, in bytes, if the body holds very many values: they take far more
   *     than their text. Where there is none, the refusal has status 503
   */
  public static Incoming read(byte[] body, LongPredicate room) {
    try (var cursor = Json.cursor(body, room)) {
      return cursor == null
          ? refused("unknown", "0", INVALID + "the body is not UTF-8")
          : new EnvelopeReader(cursor).read();
    } catch (Json.NoRoomException e) {
      return new Incoming.Refused("unknown", "0", NO_ROOM);
    } catch (IOException e) {
      return refused("unknown", "0", INVALID + Json.describe(e));
    }
  }

  private Incoming read() throws IOException {
    var token = cursor.next();
    if (token == JsonToken.START_OBJECT) {
      envelope();
    } else {
      complain(token == null ? "the body is empty" : "it must be an object");
      if (token != null) {
        cursor.skip();
      }
    }
    cursor.end();
    return judge();
  }

  private void envelope() throws IOException {
    for (var name = cursor.nextName(); name != null; name = cursor.nextName()) {
      var token = cursor.next();
      switch (name) {
        case "kind" -> {
          once("kind", kindGiven);
          kindGiven = true;
          kind = string("kind", token);
        }
        case "head" -> {
          once("head", headGiven);
          headGiven = true;
          head(token);
        }
        case "data" -> {
          once("data", data != null);
          data = cursor.tree();
        }
        default -> cursor.skip();
      }
    }
    if (!kindGiven) {
      complain("`kind` is missing");
    } else if (!headGiven) {
      complain("`head` is missing");
    } else if (data == null) {
      complain("`data` is missing");
    }
  }

  private void head(@Nullable JsonToken start) throws IOException {
    corrId = null;
    if (start != JsonToken.START_OBJECT) {
      complain("`head` must be an object");
      cursor.skip();
      return;
    }
    boolean corrIdGiven = false;
    boolean versionGiven = false;
    boolean authGiven = false;
    boolean debugTimeGiven = false;
    for (var name = cursor.nextName(); name != null; name = cursor.nextName()) {
      var token = cursor.next();
      switch (name) {
        case "corrId" -> {
          once("corrId", corrIdGiven);
          corrIdGiven = true;
          corrId = string("corrId", token);
        }
        case "version" -> {
          once("version", versionGiven);
          versionGiven = true;
          version = string("version", token);
        }
        case "auth" -> {
          once("auth", authGiven);
          authGiven = true;
          auth = token == JsonToken.VALUE_NULL ? null : string("auth", token);
        }
        case "resonate:debug_time" -> {
          once("resonate:debug_time", debugTimeGiven);
          debugTimeGiven = true;
          debugTime = integerOrNull();
        }
        default -> cursor.skip();
      }
    }
    if (!corrIdGiven) {
      complain("`head.corrId` is missing");
    } else if (!versionGiven) {
      complain("`head.version` is missing");
    }
  }

  private @Nullable String string(String name, @Nullable JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      return cursor.string();
    }
    complain("`" + name + "` must be a string");
    cursor.skip();
    return null;
  }

  private @Nullable Long integerOrNull() throws IOException {
    var node = cursor.tree();
    if (node.isLong()) {
      return node.longValue();
    }
    if (!node.isNull()) {
      complain("`resonate:debug_time` must be a 64-bit integer, not " + Json.describe(node));
    }
    return null;
  }

  private void once(String name, boolean before) {
    if (before) {
      complain("`" + name + "` is given twice");
    }
  }

  private void complain(String text) {
    if (problem == null) {
      problem = text;
    }
  }

  private Incoming judge() {
    if (problem != null || kind == null || corrId == null || version == null) {
      return refused(
          kind == null ? "unknown" : kind, corrId == null ? "0" : corrId, INVALID + problem);
    }
    if (kind.isEmpty()) {
      return refused(kind, corrId, "Missing or invalid 'kind' field — must be a non-empty string");
    }
    if (!(data instanceof ObjectNode object)) {
      return refused(kind, corrId, "Invalid 'data' field — must be an object");
    }
    if (!version.equals(Envelope.VERSION)) {
      return refused(
          kind,
          corrId,
          "Unsupported protocol version '"
              + version
              + "', supported versions: [\""
              + Envelope.VERSION
              + "\"]");
    }
    return new Incoming.Accepted(kind, new Envelope.Head(corrId, auth, debugTime), object);
  }

  private static Incoming refused(String kind, String corrId, String text) {
    return new Incoming.Refused(kind, corrId, Response.failure(400, text));
  }
}
