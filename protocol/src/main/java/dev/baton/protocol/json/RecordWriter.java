package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.Value;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the records of protocol section 5; absent members are left out. */
final class RecordWriter {

  private RecordWriter() {}

  static void promise(JsonGenerator out, PromiseRecord promise) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", promise.id());
    out.writeStringField("state", promise.state().wire());
    out.writeFieldName("param");
    value(out, promise.param());
    out.writeFieldName("value");
    value(out, promise.value());
    out.writeFieldName("tags");
    strings(out, promise.tags());
    out.writeNumberField("timeoutAt", promise.timeoutAt());
    out.writeNumberField("createdAt", promise.createdAt());
    numberIfPresent(out, "settledAt", promise.settledAt());
    out.writeEndObject();
  }

  static void promises(JsonGenerator out, String name, List<PromiseRecord> promises)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (var promise : promises) {
      promise(out, promise);
    }
    out.writeEndArray();
  }

  static void task(JsonGenerator out, TaskRecord task) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", task.id());
    out.writeStringField("state", task.state().wire());
    out.writeNumberField("version", task.version());
    out.writeNumberField("resumes", task.resumes());
    numberIfPresent(out, "ttl", task.ttl());
    stringIfPresent(out, "pid", task.pid());
    out.writeEndObject();
  }

  static void schedule(JsonGenerator out, ScheduleRecord schedule) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", schedule.id());
    out.writeStringField("cron", schedule.cron());
    out.writeStringField("promiseId", schedule.promiseId());
    out.writeNumberField("promiseTimeout", schedule.promiseTimeout());
    out.writeFieldName("promiseParam");
    value(out, schedule.promiseParam());
    out.writeFieldName("promiseTags");
    strings(out, schedule.promiseTags());
    out.writeNumberField("createdAt", schedule.createdAt());
    out.writeNumberField("nextRunAt", schedule.nextRunAt());
    numberIfPresent(out, "lastRunAt", schedule.lastRunAt());
    out.writeEndObject();
  }

  static void value(JsonGenerator out, Value value) throws IOException {
    out.writeStartObject();
    var headers = value.headers();
    if (headers != null) {
      out.writeFieldName("headers");
      strings(out, headers);
    }
    stringIfPresent(out, "data", value.data());
    out.writeEndObject();
  }

  static void strings(JsonGenerator out, Map<String, String> strings) throws IOException {
    out.writeStartObject();
    for (var entry : strings.entrySet()) {
      out.writeStringField(entry.getKey(), entry.getValue());
    }
    out.writeEndObject();
  }

  static void execute(JsonGenerator out, Message.Execute execute, boolean withHead)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", "execute");
    out.writeObjectFieldStart("head");
    if (withHead) {
      out.writeStringField("serverUrl", execute.serverUrl());
    }
    out.writeEndObject();
    task(out, execute.taskId(), execute.version());
    out.writeEndObject();
  }

  static void settled(JsonGenerator out, Message.Settled settled) throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", "settled");
    out.writeObjectFieldStart("head");
    out.writeEndObject();
    task(out, settled.taskId(), settled.version());
    out.writeEndObject();
  }

  private static void task(JsonGenerator out, String id, long version) throws IOException {
    out.writeObjectFieldStart("data");
    out.writeObjectFieldStart("task");
    out.writeStringField("id", id);
    out.writeNumberField("version", version);
    out.writeEndObject();
    out.writeEndObject();
  }

  static void unblock(JsonGenerator out, Message.Unblock unblock) throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", "unblock");
    out.writeObjectFieldStart("head");
    out.writeEndObject();
    out.writeObjectFieldStart("data");
    out.writeFieldName("promise");
    promise(out, unblock.promise());
    out.writeEndObject();
    out.writeEndObject();
  }

  static void numberIfPresent(JsonGenerator out, String name, @Nullable Long number)
      throws IOException {
    if (number != null) {
      out.writeNumberField(name, number);
    }
  }

  static void stringIfPresent(JsonGenerator out, String name, @Nullable String string)
      throws IOException {
    if (string != null) {
      out.writeStringField(name, string);
    }
  }
}
