package dev.baton.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The old interface's JSON. Empty members are left out. */
final class LegacyJson {

  private static final int MAX_DEPTH = 127;

  /** Writes ASCII: some clients decode each network chunk on its own. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String ERROR_TYPE = "type.googleapis.com/google.rpc.ErrorInfo";

  private LegacyJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  /** About how many bytes it takes. */
  static long size(@Nullable JsonNode node) {
    long size = 4;
    if (node != null && node.isTextual()) {
      size += node.textValue().length();
    } else if (node != null) {
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        size += member.getKey().length() + size(member.getValue());
      }
      for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
        size += size(element);
      }
    }
    return size;
  }

  static ObjectNode promise(Promise promise) {
    return promise(promise.toRecord());
  }

  static ObjectNode promise(PromiseRecord promise) {
    ObjectNode node = object();
    node.put("id", promise.id());
    node.put("state", promise.state().wire().toUpperCase(Locale.ROOT));
    node.set("param", value(promise.param()));
    node.set("value", value(promise.value()));
    node.put("timeout", promise.timeoutAt());
    put(node, "idempotencyKeyForCreate", promise.tags().get(Names.KEY));
    Map<String, String> headers = promise.value().headers();
    put(node, "idempotencyKeyForComplete", headers == null ? null : headers.get(Names.KEY));
    putMap(node, "tags", visible(promise.tags()));
    node.put("createdOn", promise.createdAt());
    if (promise.settledAt() != null) {
      node.put("completedOn", promise.settledAt());
    }
    return node;
  }

  private static ObjectNode value(Value value) {
    ObjectNode node = object();
    if (value.headers() != null) {
      putMap(node, "headers", visible(value.headers()));
    }
    String data = value.data();
    put(node, "data", data == null || data.isEmpty() ? null : data);
    return node;
  }

  /** What an old client gave, without what was added to carry it. */
  private static Map<String, String> visible(Map<String, String> map) {
    Map<String, String> visible = new LinkedHashMap<>(map);
    visible.keySet().removeIf(Names::isOwn);
    if (map.containsKey(Names.TIMEOUT)) {
      visible.remove(Tags.TIMER);
    }
    return visible;
  }

  /** The task as it is, or, completed, as it was. */
  static ObjectNode task(LegacyTask task, long counter, @Nullable String processId) {
    ObjectNode node = task(task.carrier(), counter);
    put(node, "processId", processId);
    node.put("createdOn", task.carrier().createdAt());
    PromiseRecord carrier = task.carrier().toRecord();
    if (carrier.settledAt() != null) {
      node.put("completedOn", carrier.settledAt());
    }
    return node;
  }

  /** A completed task. */
  static ObjectNode completed(LegacyTask task) {
    Map<String, String> headers = task.carrier().toRecord().value().headers();
    String counter = headers == null ? null : headers.get(Names.COUNTER);
    return task(
        task,
        isNumber(counter) ? Long.parseLong(counter) : task.offeredCounter(),
        headers == null ? null : headers.get(Names.PROCESS_ID));
  }

  /** Whoever settles the carrier by the protocol may leave any header there. */
  private static boolean isNumber(@Nullable String text) {
    return text != null && text.matches("-?[0-9]{1,18}");
  }

  private static ObjectNode task(Promise carrier, long counter) {
    ObjectNode node = object();
    node.put("id", carrier.id());
    node.put("counter", counter);
    node.put("timeout", carrier.timeoutAt());
    node.put("rootPromiseId", LegacyTask.root(carrier));
    return node;
  }

  static ObjectNode callback(String id, String promiseId, long timeout, long createdOn) {
    ObjectNode node = object();
    node.put("id", id);
    node.put("promiseId", promiseId);
    node.put("rootPromiseId", "");
    node.put("timeout", timeout);
    node.put("createdOn", createdOn);
    return node;
  }

  /** The offer of a task. */
  static ObjectNode offer(Promise carrier, long version, String serverUrl) {
    long counter = LegacyTask.offeredCounter(carrier, version);
    ObjectNode node = object();
    node.put("type", carrier.tags().containsKey(Names.LEAF) ? "resume" : "invoke");
    node.set("task", task(carrier, counter).put("createdOn", carrier.createdAt()));
    ObjectNode href = node.putObject("href");
    href.put("base", serverUrl);
    for (String verb : new String[] {"claim", "complete", "heartbeat"}) {
      href.put(verb, serverUrl + "/tasks/" + verb + "/" + carrier.id() + "/" + counter);
    }
    return node;
  }

  static ObjectNode notification(PromiseRecord promise) {
    ObjectNode node = object();
    node.put("type", "notify");
    node.set("promise", promise(promise));
    return node;
  }

  static ObjectNode schedule(Schedule schedule) {
    Map<String, String> tags = schedule.promiseTags();
    ObjectNode node = object();
    node.put("id", schedule.id());
    node.put("cron", tags.getOrDefault(Names.SCHEDULE_CRON, schedule.cron()));
    node.set("tags", scheduleTags(tags.get(Names.SCHEDULE_TAGS)));
    node.put("promiseId", schedule.promiseId());
    node.put("promiseTimeout", schedule.promiseTimeoutMs());
    node.set("promiseParam", value(schedule.promiseParam()));
    Map<String, String> visible = visible(tags);
    if (tags.containsKey(Names.SCHEDULE_CRON)) {
      visible.remove(Names.INVOCATION);
    }
    putMap(node, "promiseTags", visible);
    if (schedule.lastRunAt() != null) {
      node.put("lastRunTime", schedule.lastRunAt());
    }
    node.put("nextRunTime", schedule.nextRunAt());
    put(node, "idempotencyKey", tags.get(Names.SCHEDULE_KEY));
    node.put("createdOn", schedule.createdAt());
    return node;
  }

  private static JsonNode scheduleTags(@Nullable String json) {
    try {
      return json == null ? object() : MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      return object();
    }
  }

  static ObjectNode error(LegacyError error, String detail) {
    ObjectNode node = object();
    ObjectNode inner = node.putObject("error");
    inner.put("code", error.code());
    inner.put("message", error.message());
    ObjectNode first = inner.putArray("details").addObject();
    first.put("@type", ERROR_TYPE);
    first.put("message", detail);
    first.put("domain", "server");
    first.putObject("metadata");
    return node;
  }

  private static void put(ObjectNode node, String name, @Nullable String text) {
    if (text != null) {
      node.put(name, text);
    }
  }

  private static void putMap(ObjectNode node, String name, Map<String, String> map) {
    if (!map.isEmpty()) {
      ObjectNode inner = node.putObject(name);
      map.forEach(inner::put);
    }
  }
}
