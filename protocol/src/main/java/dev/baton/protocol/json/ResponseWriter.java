package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Message;
import dev.baton.protocol.Response;
import dev.baton.protocol.Response.Snapshot;
import java.io.IOException;

/** Writes whole answers (protocol section 4). */
public final class ResponseWriter {

  private ResponseWriter() {}

  /**
   * The answer's envelope as UTF-8.
   *
   * @param kind the request's, echoed
   * @param corrId the request's, echoed
   */
  public static byte[] write(String kind, String corrId, Response response) {
    return Json.utf8(out -> envelope(out, kind, corrId, response));
  }

  private static void envelope(JsonGenerator out, String kind, String corrId, Response response)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", kind);
    out.writeObjectFieldStart("head");
    out.writeStringField("corrId", corrId);
    out.writeNumberField("status", response.status());
    out.writeStringField("version", Envelope.VERSION);
    out.writeEndObject();
    out.writeFieldName("data");
    body(out, corrId, response.body());
    out.writeEndObject();
  }

  private static void body(JsonGenerator out, String corrId, Response.Body body)
      throws IOException {
    if (body instanceof Response.Failure(var text)) {
      out.writeString(text);
    } else if (body instanceof Response.Ticked) {
      out.writeStartArray();
      out.writeEndArray();
    } else {
      out.writeStartObject();
      members(out, corrId, body);
      out.writeEndObject();
    }
  }

  private static void members(JsonGenerator out, String corrId, Response.Body body)
      throws IOException {
    switch (body) {
      case Response.Failure text -> {}
      case Response.Ticked nothing -> {}
      case Response.Empty nothing -> {}
      case Response.OfPromise(var promise) -> {
        out.writeFieldName("promise");
        RecordWriter.promise(out, promise);
      }
      case Response.OfTask(var task) -> {
        out.writeFieldName("task");
        RecordWriter.task(out, task);
      }
      case Response.OfSchedule(var schedule) -> {
        out.writeFieldName("schedule");
        RecordWriter.schedule(out, schedule);
      }
      case Response.Acquired(var task, var promise, var preload) -> {
        out.writeFieldName("task");
        RecordWriter.task(out, task);
        out.writeFieldName("promise");
        RecordWriter.promise(out, promise);
        RecordWriter.promises(out, "preload", preload);
      }
      case Response.Preload(var preload) -> RecordWriter.promises(out, "preload", preload);
      case Response.Fenced(var kind, var action, var preload) -> {
        out.writeFieldName("action");
        envelope(out, kind, corrId, action);
        RecordWriter.promises(out, "preload", preload);
      }
      case Response.PromisePage(var promises, var cursor) -> {
        RecordWriter.promises(out, "promises", promises);
        RecordWriter.stringIfPresent(out, "cursor", cursor);
      }
      case Response.TaskPage(var tasks, var cursor) -> {
        out.writeArrayFieldStart("tasks");
        for (var task : tasks) {
          RecordWriter.task(out, task);
        }
        out.writeEndArray();
        RecordWriter.stringIfPresent(out, "cursor", cursor);
      }
      case Response.SchedulePage(var schedules, var cursor) -> {
        out.writeArrayFieldStart("schedules");
        for (var schedule : schedules) {
          RecordWriter.schedule(out, schedule);
        }
        out.writeEndArray();
        RecordWriter.stringIfPresent(out, "cursor", cursor);
      }
      case Snapshot snapshot -> snapshot(out, snapshot);
    }
  }

  private static void snapshot(JsonGenerator out, Snapshot snapshot) throws IOException {
    RecordWriter.promises(out, "promises", snapshot.promises());
    out.writeArrayFieldStart("promiseTimeouts");
    for (var timeout : snapshot.promiseTimeouts()) {
      out.writeStartObject();
      out.writeStringField("id", timeout.id());
      out.writeNumberField("timeout", timeout.timeout());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("callbacks");
    for (var callback : snapshot.callbacks()) {
      out.writeStartObject();
      out.writeStringField("awaiter", callback.awaiter());
      out.writeStringField("awaited", callback.awaited());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("listeners");
    for (var listener : snapshot.listeners()) {
      out.writeStartObject();
      out.writeStringField("id", listener.id());
      out.writeStringField("address", listener.address());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("tasks");
    for (var task : snapshot.tasks()) {
      RecordWriter.task(out, task);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("taskTimeouts");
    for (var timeout : snapshot.taskTimeouts()) {
      out.writeStartObject();
      out.writeStringField("id", timeout.id());
      out.writeNumberField("type", timeout.type());
      out.writeNumberField("timeout", timeout.timeout());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("messages");
    for (var queued : snapshot.messages()) {
      out.writeStartObject();
      out.writeStringField("address", queued.address());
      out.writeFieldName("message");
      switch (queued.message()) {
        case Message.Execute execute -> RecordWriter.execute(out, execute, false);
        case Message.Unblock unblock -> RecordWriter.unblock(out, unblock);
        case Message.Settled settled -> RecordWriter.settled(out, settled);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
