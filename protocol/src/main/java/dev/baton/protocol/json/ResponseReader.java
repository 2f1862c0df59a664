package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.baton.protocol.Message;
import dev.baton.protocol.Response;
import dev.baton.protocol.Response.Snapshot;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads whole answers (protocol section 4). */
public final class ResponseReader {

  private ResponseReader() {}

  /**
   * The answer to a request.
   *
   * @param kind the request's
   * @param corrId the request's
   * @return a body of the type that the kind has, or {@link Response.Failure} with a status of 400
   *     and above
   * @throws MalformedResponseException if the bytes are no answer to that request
   */
  public static Response read(byte[] body, String kind, String corrId) {
    try (var cursor = Json.cursor(body)) {
      if (cursor == null) {
        throw new MalformedResponseException("the answer to " + kind + " is not UTF-8", null);
      }
      if (cursor.next() != JsonToken.START_OBJECT) {
        throw new MalformedResponseException("the answer to " + kind + " is no object", null);
      }
      var problem = new Fields.Problem();
      var envelope = new Fields(cursor.object(), "", problem);
      cursor.end();
      var response = envelope(envelope, kind, corrId, problem);
      if (problem.text() != null) {
        throw new MalformedResponseException(
            "the answer to " + kind + " is broken: " + problem.text(), null);
      }
      return response;
    } catch (IOException e) {
      throw new MalformedResponseException("the answer to " + kind + " is " + Json.describe(e), e);
    } catch (IllegalArgumentException e) {
      throw new MalformedResponseException(
          "the answer to " + kind + " is broken: " + e.getMessage(), e);
    }
  }

  private static Response envelope(
      Fields envelope, String kind, String corrId, Fields.Problem problem) {
    var head = envelope.object("head");
    var answeredKind = envelope.string("kind");
    var answeredCorrId = head.string("corrId");
    int status = Math.clamp(head.integer("status"), 0, 999);
    envelope.present("data");
    if (problem.text() != null) {
      return Response.failure(status, "");
    }
    // What the server could not read at all is answered without an echo.
    boolean unread = status >= 400 && answeredKind.equals("unknown") && answeredCorrId.equals("0");
    if (!unread && !(answeredKind.equals(kind) && answeredCorrId.equals(corrId))) {
      throw new MalformedResponseException(
          "the answer to "
              + kind
              + " "
              + corrId
              + " belongs to "
              + answeredKind
              + " "
              + answeredCorrId,
          null);
    }
    return status >= 400
        ? Response.failure(status, envelope.string("data"))
        : new Response(status, body(envelope, kind, status));
  }

  private static Response.Body body(Fields envelope, String kind, int status) {
    if (kind.equals("debug.tick")) {
      var data = envelope.raw("data");
      return data instanceof ArrayNode ? new Response.Ticked() : unexpected(kind, data);
    }
    var data = envelope.object("data");
    return switch (kind) {
      case "promise.get",
          "promise.create",
          "promise.settle",
          "promise.register_callback",
          "promise.register_listener",
          "task.fulfill" ->
          new Response.OfPromise(RecordReader.promise(data.object("promise")));
      case "promise.search" ->
          new Response.PromisePage(
              data.list("promises", RecordReader::promise), data.stringOrNull("cursor"));
      case "task.get" -> new Response.OfTask(RecordReader.task(data.object("task")));
      case "task.create", "task.acquire" ->
          new Response.Acquired(
              RecordReader.task(data.object("task")),
              RecordReader.promise(data.object("promise")),
              data.list("preload", RecordReader::promise));
      case "task.suspend" ->
          status == 300
              ? new Response.Preload(data.list("preload", RecordReader::promise))
              : new Response.Empty();
      case "task.fence" -> fenced(data);
      case "task.search" ->
          new Response.TaskPage(
              data.list("tasks", RecordReader::task), data.stringOrNull("cursor"));
      case "schedule.create",
          "schedule.get",
          "schedule.update",
          "schedule.pause",
          "schedule.resume" ->
          new Response.OfSchedule(RecordReader.schedule(data.object("schedule")));
      case "schedule.search" ->
          new Response.SchedulePage(
              data.list("schedules", RecordReader::schedule), data.stringOrNull("cursor"));
      case "task.release",
          "task.heartbeat",
          "task.halt",
          "task.continue",
          "schedule.delete",
          "debug.start",
          "debug.stop",
          "debug.reset" ->
          new Response.Empty();
      case "debug.snap" -> snapshot(data);
      default -> unexpected(kind, null);
    };
  }

  private static Response.Fenced fenced(Fields data) {
    var action = data.object("action");
    int status = Math.clamp(action.object("head").integer("status"), 0, 999);
    var inner =
        status >= 400
            ? Response.failure(status, action.string("data"))
            : new Response(
                status,
                new Response.OfPromise(
                    RecordReader.promise(action.object("data").object("promise"))));
    return new Response.Fenced(
        action.string("kind"), inner, data.list("preload", RecordReader::promise));
  }

  private static Snapshot snapshot(Fields data) {
    return new Snapshot(
        data.list("promises", RecordReader::promise),
        data.list(
            "promiseTimeouts",
            row -> new Snapshot.Timeout(row.string("id"), row.integer("timeout"))),
        data.list(
            "callbacks",
            row -> new Snapshot.Callback(row.string("awaiter"), row.string("awaited"))),
        data.list(
            "listeners", row -> new Snapshot.Listener(row.string("id"), row.string("address"))),
        data.list("tasks", RecordReader::task),
        data.list(
            "taskTimeouts",
            row ->
                new Snapshot.TaskTimeout(
                    row.string("id"), (int) row.integer("type"), row.integer("timeout"))),
        data.list(
            "messages",
            row ->
                new Snapshot.QueuedMessage(row.string("address"), queued(row.object("message")))));
  }

  private static Message queued(Fields message) {
    return message.string("kind").equals("unblock")
        ? new Message.Unblock(RecordReader.promise(message.object("data").object("promise")))
        : MessageReader.execute(message);
  }

  private static Response.Body unexpected(String kind, @Nullable JsonNode data) {
    throw new MalformedResponseException(
        "the answer to "
            + kind
            + " has no data that it could have"
            + (data == null ? "" : ": " + Json.describe(data)),
        null);
  }
}
