package dev.baton.server.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message of a stream in the making: its head, and its members as JSON on one line. */
final class LiveJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
  private final JsonGenerator out;

  private LiveJson(String event, String id) throws IOException {
    bytes.writeBytes(
        ("event: " + event + "\nid: " + id + "\ndata: ").getBytes(StandardCharsets.UTF_8));
    out = FACTORY.createGenerator(bytes);
    out.writeStartObject();
  }

  /** Writes members; memory does not fail. */
  interface Members {
    void write(LiveJson json) throws IOException;
  }

  static byte[] message(String event, String id, Members members) {
    try {
      LiveJson json = new LiveJson(event, id);
      members.write(json);
      json.out.writeEndObject();
      json.out.close();
      json.bytes.writeBytes(new byte[] {'\n', '\n'});
      return json.bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  void text(String name, String value) throws IOException {
    out.writeStringField(name, value);
  }

  void number(String name, long value) throws IOException {
    out.writeNumberField(name, value);
  }

  void texts(String name, Collection<String> values) throws IOException {
    out.writeArrayFieldStart(name);
    for (String value : values) {
      out.writeString(value);
    }
    out.writeEndArray();
  }

  void counts(Map<Kind, Integer> counts) throws IOException {
    out.writeObjectFieldStart("counts");
    for (Map.Entry<Kind, Integer> count : counts.entrySet()) {
      out.writeNumberField(count.getKey().wire(), count.getValue());
    }
    out.writeEndObject();
  }

  void events(List<Event> events) throws IOException {
    out.writeArrayFieldStart("events");
    for (Event event : events) {
      write(event);
    }
    out.writeEndArray();
  }

  private void write(Event event) throws IOException {
    out.writeStartObject();
    out.writeNumberField("seq", event.seq());
    out.writeNumberField("at", event.at());
    out.writeStringField("kind", event.kind().wire());
    if (event.id() != null) {
      out.writeStringField("id", event.id());
    }
    if (event.group() != null) {
      out.writeStringField("group", event.group());
    }
    if (event.pid() != null) {
      out.writeStringField("pid", event.pid());
    }
    if (event.version() != Event.NO_VERSION) {
      out.writeNumberField("version", event.version());
    }
    Event.Cause cause = event.cause();
    if (cause != null) {
      out.writeStringField("cause", cause.wire());
    }
    Event.State state = event.state();
    if (state != null) {
      out.writeStringField("state", state.wire());
    }
    out.writeEndObject();
  }

  void group(String name, GroupView view, Access access, long now) throws IOException {
    out.writeFieldName(name);
    write(view, access, now);
  }

  void groups(List<GroupView> views, Access access, long now) throws IOException {
    out.writeArrayFieldStart("groups");
    for (GroupView view : views) {
      write(view, access, now);
    }
    out.writeEndArray();
  }

  private void write(GroupView view, Access access, long now) throws IOException {
    out.writeStartObject();
    out.writeStringField("group", view.group());
    number("slotsPerWorker", view.slotsPerWorker());
    out.writeNumberField("connectedWorkers", view.connectedWorkers());
    int draining = 0;
    long slots = 0;
    long load = 0;
    boolean hasLimit = true;
    for (GroupView.WorkerView worker : view.workers()) {
      draining += worker.draining() ? 1 : 0;
      load += worker.load();
      Integer ofWorker = worker.slots();
      hasLimit &= ofWorker != null;
      slots += ofWorker == null ? 0 : ofWorker;
    }
    out.writeNumberField("drainingWorkers", draining);
    if (hasLimit) {
      out.writeNumberField("slots", slots);
    }
    out.writeNumberField("load", load);
    out.writeNumberField("ready", view.ready());
    out.writeNumberField("inFlight", view.inFlight());
    out.writeNumberField("suspended", view.suspended());
    if (view.ready() > 0) {
      out.writeNumberField("oldestReadyAt", now - Math.round(view.oldestReadySeconds() * 1_000));
    }
    out.writeNumberField("dispatchedPerSecond", view.dispatchedPerSecond());
    out.writeNumberField("fulfilledPerSecond", view.fulfilledPerSecond());
    Double service = view.meanServiceSeconds();
    if (service != null) {
      out.writeNumberField("meanServiceSeconds", service);
    }
    out.writeNumberField("handedOver", view.handedOver());
    out.writeArrayFieldStart("redelivered");
    for (GroupView.Redelivered task : view.redelivered()) {
      if (access.covers(task.task())) {
        out.writeStartObject();
        out.writeStringField("task", task.task());
        out.writeNumberField("failedDeliveries", task.failedDeliveries());
        Long againAt = task.offeredAgainAt();
        if (againAt != null) {
          out.writeNumberField("offeredAgainAt", againAt);
        }
        out.writeEndObject();
      }
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void number(String name, @Nullable Integer value) throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      out.writeNumberField(name, value);
    }
  }

  void workers(Collection<GroupView.WorkerView> workers) throws IOException {
    out.writeArrayFieldStart("workers");
    for (GroupView.WorkerView worker : workers) {
      out.writeStartObject();
      out.writeStringField("pid", worker.pid());
      out.writeStringField("address", worker.address());
      number("slots", worker.slots());
      out.writeNumberField("load", worker.load());
      out.writeBooleanField("draining", worker.draining());
      out.writeNumberField("connectedAt", worker.connectedAt());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  void tasks(Collection<InFlight> tasks) throws IOException {
    out.writeArrayFieldStart("tasks");
    for (InFlight task : tasks) {
      out.writeStartObject();
      out.writeStringField("id", task.id());
      out.writeStringField("pid", task.pid());
      out.writeNumberField("version", task.version());
      out.writeStringField("state", task.isHeld() ? "held" : "sent");
      out.writeNumberField("since", task.since());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
