package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes whole requests (protocol section 4). */
public final class RequestWriter {

  private RequestWriter() {}

  /**
   * The request's envelope as UTF-8.
   *
   * @param corrId what the answer is to echo
   * @param auth a JWT, or null
   * @throws IllegalArgumentException if a fence's action is malformed: only a reader makes those
   */
  public static byte[] write(Request request, String corrId, @Nullable String auth) {
    return write(request, new Envelope.Head(corrId, auth, null));
  }

  /**
   * The request's envelope as UTF-8.
   *
   * @throws IllegalArgumentException if a fence's action is malformed: only a reader makes those
   */
  public static byte[] write(Request request, Envelope.Head head) {
    return Json.utf8(out -> {
      out.writeStartObject();
      out.writeStringField("kind", request.kind());
      out.writeObjectFieldStart("head");
      out.writeStringField("corrId", head.corrId());
      out.writeStringField("version", Envelope.VERSION);
      RecordWriter.stringIfPresent(out, "auth", head.auth());
      RecordWriter.numberIfPresent(out, "resonate:debug_time", head.debugTime());
      out.writeEndObject();
      out.writeObjectFieldStart("data");
      switch (request) {
        case PromiseRequest promise -> promise(out, promise);
        case TaskRequest task -> task(out, task);
        case ScheduleRequest schedule -> schedule(out, schedule);
        case DebugRequest.Tick(var time) -> out.writeNumberField("time", time);
        case DebugRequest.Start bare -> {}
        case DebugRequest.Stop bare -> {}
        case DebugRequest.Reset bare -> {}
        case DebugRequest.Snap bare -> {}
      }
      out.writeEndObject();
      out.writeEndObject();
    });
  }

  private static void promise(JsonGenerator out, PromiseRequest request) throws IOException {
    switch (request) {
      case PromiseRequest.Get(var id) -> out.writeStringField("id", id);
      case PromiseRequest.Create(var id, var timeoutAt, var param, var tags) -> {
        out.writeStringField("id", id);
        out.writeNumberField("timeoutAt", timeoutAt);
        out.writeFieldName("param");
        RecordWriter.value(out, param);
        out.writeFieldName("tags");
        RecordWriter.strings(out, tags);
      }
      case PromiseRequest.Settle(var id, var state, var value) -> {
        out.writeStringField("id", id);
        out.writeStringField("state", state.wire());
        out.writeFieldName("value");
        RecordWriter.value(out, value);
      }
      case PromiseRequest.RegisterCallback(var awaited, var awaiter) -> {
        out.writeStringField("awaited", awaited);
        out.writeStringField("awaiter", awaiter);
      }
      case PromiseRequest.RegisterListener(var awaited, var address) -> {
        out.writeStringField("awaited", awaited);
        out.writeStringField("address", address);
      }
      case PromiseRequest.Search(var state, var tags, var limit, var cursor) -> {
        RecordWriter.stringIfPresent(out, "state", state == null ? null : state.wire());
        stringsIfPresent(out, "tags", tags);
        RecordWriter.numberIfPresent(out, "limit", limit);
        RecordWriter.stringIfPresent(out, "cursor", cursor);
      }
    }
  }

  private static void task(JsonGenerator out, TaskRequest request) throws IOException {
    switch (request) {
      case TaskRequest.Get(var id) -> out.writeStringField("id", id);
      case TaskRequest.Halt(var id) -> out.writeStringField("id", id);
      case TaskRequest.Continue(var id) -> out.writeStringField("id", id);
      case TaskRequest.Create(var pid, var ttl, var action) -> {
        out.writeStringField("pid", pid);
        out.writeNumberField("ttl", ttl);
        out.writeFieldName("action");
        action(out, action);
      }
      case TaskRequest.Acquire(var id, var version, var pid, var ttl) -> {
        taskRef(out, id, version);
        out.writeStringField("pid", pid);
        out.writeNumberField("ttl", ttl);
      }
      case TaskRequest.Release(var id, var version, var reason) -> {
        taskRef(out, id, version);
        if (reason != null) {
          out.writeStringField("reason", reason);
        }
      }
      case TaskRequest.Fulfill(var id, var version, var action) -> {
        taskRef(out, id, version);
        out.writeFieldName("action");
        action(out, action);
      }
      case TaskRequest.Suspend(var id, var version, var actions) -> {
        taskRef(out, id, version);
        out.writeArrayFieldStart("actions");
        for (var action : actions) {
          action(out, action);
        }
        out.writeEndArray();
      }
      case TaskRequest.Fence(var id, var version, var action, var preload) -> {
        taskRef(out, id, version);
        if (!preload) {
          out.writeBooleanField("preload", false);
        }
        out.writeFieldName("action");
        switch (action) {
          case FenceAction.Create(var create) -> action(out, create);
          case FenceAction.Settle(var settle) -> action(out, settle);
          case FenceAction.OutOfReach(var settle) -> action(out, settle);
          case FenceAction.Malformed(var kind, var text) ->
              throw new IllegalArgumentException(text);
        }
      }
      case TaskRequest.Heartbeat(var pid, var tasks) -> {
        out.writeStringField("pid", pid);
        out.writeArrayFieldStart("tasks");
        for (var task : tasks) {
          out.writeStartObject();
          taskRef(out, task.id(), task.version());
          out.writeEndObject();
        }
        out.writeEndArray();
      }
      case TaskRequest.Search(var state, var limit, var cursor) -> {
        RecordWriter.stringIfPresent(out, "state", state == null ? null : state.wire());
        RecordWriter.numberIfPresent(out, "limit", limit);
        RecordWriter.stringIfPresent(out, "cursor", cursor);
      }
    }
  }

  private static void schedule(JsonGenerator out, ScheduleRequest request) throws IOException {
    switch (request) {
      case ScheduleRequest.Create create -> definition(out, create);
      case ScheduleRequest.Update(var definition) -> definition(out, definition);
      case ScheduleRequest.Pause(var id) -> out.writeStringField("id", id);
      case ScheduleRequest.Resume(var id) -> out.writeStringField("id", id);
      case ScheduleRequest.Get(var id) -> out.writeStringField("id", id);
      case ScheduleRequest.Delete(var id) -> out.writeStringField("id", id);
      case ScheduleRequest.Search(var tags, var limit, var cursor) -> {
        stringsIfPresent(out, "tags", tags);
        RecordWriter.numberIfPresent(out, "limit", limit);
        RecordWriter.stringIfPresent(out, "cursor", cursor);
      }
    }
  }

  private static void definition(JsonGenerator out, ScheduleRequest.Create create)
      throws IOException {
    out.writeStringField("id", create.id());
    out.writeStringField("cron", create.cron());
    out.writeStringField("promiseId", create.promiseId());
    out.writeNumberField("promiseTimeout", create.promiseTimeout());
    out.writeFieldName("promiseParam");
    RecordWriter.value(out, create.promiseParam());
    out.writeFieldName("promiseTags");
    RecordWriter.strings(out, create.promiseTags());
  }

  /** An inner request: the server looks at its kind only in a fence, at its head never. */
  private static void action(JsonGenerator out, PromiseRequest action) throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", action.kind());
    out.writeObjectFieldStart("head");
    out.writeEndObject();
    out.writeObjectFieldStart("data");
    promise(out, action);
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void taskRef(JsonGenerator out, String id, long version) throws IOException {
    out.writeStringField("id", id);
    out.writeNumberField("version", version);
  }

  private static void stringsIfPresent(
      JsonGenerator out, String name, @Nullable Map<String, String> strings) throws IOException {
    if (strings != null) {
      out.writeFieldName(name);
      RecordWriter.strings(out, strings);
    }
  }
}
