package dev.baton.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.json.JsonProblem;
import dev.baton.server.dispatch.DeliveryView;
import dev.baton.server.dispatch.GroupView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups API's JSON. */
final class GroupsJson {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final JsonFactory FACTORY = new JsonFactory();

  private GroupsJson() {}

  static byte[] group(GroupView view) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      write(out, view);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator out, GroupView view) throws IOException {
    out.writeStartObject();
    out.writeStringField("group", view.group());
    number(out, "slotsPerWorker", view.slotsPerWorker());
    out.writeNumberField("connectedWorkers", view.connectedWorkers());
    out.writeNumberField("ready", view.ready());
    out.writeNumberField("inFlight", view.inFlight());
    out.writeNumberField("suspended", view.suspended());
    out.writeNumberField("oldestReadySeconds", view.oldestReadySeconds());
    out.writeNumberField("dispatchedPerSecond", view.dispatchedPerSecond());
    out.writeNumberField("fulfilledPerSecond", view.fulfilledPerSecond());
    Double meanServiceSeconds = view.meanServiceSeconds();
    if (meanServiceSeconds == null) {
      out.writeNullField("meanServiceSeconds");
    } else {
      out.writeNumberField("meanServiceSeconds", meanServiceSeconds);
    }
    Double waitingP95Seconds = view.waitingP95Seconds();
    if (waitingP95Seconds == null) {
      out.writeNullField("waitingP95Seconds");
    } else {
      out.writeNumberField("waitingP95Seconds", waitingP95Seconds);
    }
    out.writeArrayFieldStart("redelivered");
    for (GroupView.Redelivered task : view.redelivered()) {
      out.writeStartObject();
      out.writeStringField("task", task.task());
      out.writeNumberField("failedDeliveries", task.failedDeliveries());
      Long offeredAgainAt = task.offeredAgainAt();
      if (offeredAgainAt == null) {
        out.writeNullField("offeredAgainAt");
      } else {
        out.writeNumberField("offeredAgainAt", offeredAgainAt);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("workers");
    for (GroupView.WorkerView worker : view.workers()) {
      out.writeStartObject();
      out.writeStringField("pid", worker.pid());
      out.writeStringField("address", worker.address());
      number(out, "slots", worker.slots());
      out.writeNumberField("load", worker.load());
      out.writeBooleanField("draining", worker.draining());
      out.writeNumberField("connectedAt", worker.connectedAt());
      out.writeNumberField("settled", worker.settled());
      out.writeNumberField("rejected", worker.rejected());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void number(JsonGenerator out, String name, @Nullable Integer value)
      throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      out.writeNumberField(name, value);
    }
  }

  static String delivery(DeliveryView view) {
    return DeliveryJson.write(view, MAPPER.createObjectNode()).toString();
  }

  static String acted(String group, List<String> workers, int leasesEnded) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("group", group);
    ArrayNode list = node.putArray("workers");
    workers.forEach(list::add);
    node.put("leasesEnded", leasesEnded);
    return node.toString();
  }

  static String error(String text) {
    return MAPPER.createObjectNode().put("error", text).toString();
  }

  /** What a body says of a group's slots. */
  sealed interface Slots {
    /** To be set; null means unlimited. */
    record Given(@Nullable Integer slotsPerWorker) implements Slots {}

    /** Not usable. */
    record Refused(String text) implements Slots {}
  }

  static Slots slots(byte[] body) {
    JsonNode root;
    try {
      root = MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return new Slots.Refused("the body is " + JsonProblem.describe(e));
    }
    JsonNode value = root == null || !root.isObject() ? null : root.get("slotsPerWorker");
    if (value == null) {
      return new Slots.Refused("the body must be an object with slotsPerWorker");
    }
    if (value.isNull()) {
      return new Slots.Given(null);
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      return new Slots.Refused(
          "slotsPerWorker must be a positive integer of at most 2147483647, or null, not " + value);
    }
    return new Slots.Given(value.intValue());
  }
}
