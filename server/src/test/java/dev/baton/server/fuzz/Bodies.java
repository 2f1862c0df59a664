package dev.baton.server.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Request bodies, from sound to nonsense. */
final class Bodies {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final List<String> KINDS =
      List.of(
          "promise.get",
          "promise.create",
          "promise.settle",
          "promise.register_callback",
          "promise.register_listener",
          "promise.search",
          "task.get",
          "task.create",
          "task.acquire",
          "task.release",
          "task.fulfill",
          "task.suspend",
          "task.fence",
          "task.heartbeat",
          "task.halt",
          "task.continue",
          "task.search",
          "schedule.create",
          "schedule.update",
          "schedule.pause",
          "schedule.resume",
          "schedule.get",
          "schedule.delete",
          "schedule.search",
          "debug.start",
          "debug.stop",
          "debug.reset",
          "debug.tick",
          "debug.snap",
          "promise.eat",
          "");

  private Bodies() {}

  private static Arbitrary<JsonNode> text(String... samples) {
    return Arbitraries.of(samples).map(NODES::textNode);
  }

  private static Arbitrary<JsonNode> ids() {
    return text("a", "b", "a.1", "a:1", "\u00e9\ud83d\ude00", "\u0000", "", " ", "x".repeat(600));
  }

  private static Arbitrary<JsonNode> numbers() {
    Arbitrary<JsonNode> usual = Arbitraries.integers().between(-1, 5).map(NODES::numberNode);
    Arbitrary<JsonNode> edge =
        Arbitraries.of(
                0L,
                1L,
                -1L,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                1_764_000_000_000L,
                32_503_680_000_000L)
            .map(NODES::numberNode);
    return Arbitraries.oneOf(usual, edge);
  }

  private static Arbitrary<JsonNode> tags() {
    Arbitrary<String> names =
        Arbitraries.of(
            "resonate:target",
            "resonate:timer",
            "resonate:branch",
            "resonate:origin",
            "resonate:delay",
            "resonate:scope",
            "x");
    Arbitrary<String> values =
        Arbitraries.of(
            "poll://any@g",
            "poll://uni@g/w",
            "http://127.0.0.1:1/x",
            "http://[::1",
            "bash://",
            "true",
            "global",
            "a",
            "0",
            "99999999999999",
            "-1",
            "",
            "poll://any@",
            "\u00e9");
    return names
        .set()
        .ofMaxSize(4)
        .flatMap(chosen ->
            values
                .list()
                .ofSize(chosen.size())
                .map(list -> {
                  ObjectNode tags = NODES.objectNode();
                  int i = 0;
                  for (String name : chosen) {
                    tags.put(name, list.get(i++));
                  }
                  return tags;
                }));
  }

  /** Any JSON at all. */
  static Arbitrary<JsonNode> anything() {
    Arbitrary<JsonNode> scalars =
        Arbitraries.oneOf(
            Arbitraries.just(NODES.nullNode()),
            Arbitraries.of(true, false).map(NODES::booleanNode),
            numbers(),
            Arbitraries.doubles().map(NODES::numberNode),
            Arbitraries.bigIntegers()
                .between(BigInteger.TEN.pow(30).negate(), BigInteger.TEN.pow(30))
                .map(NODES::numberNode),
            Arbitraries.strings().ofMaxLength(20).map(NODES::textNode));
    return Arbitraries.recursive(
        () -> scalars,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(3).map(Bodies::array),
                Arbitraries.maps(Arbitraries.strings().ofMaxLength(5), inner)
                    .ofMaxSize(3)
                    .map(Bodies::object)),
        0,
        4);
  }

  private static JsonNode array(List<JsonNode> elements) {
    ArrayNode array = NODES.arrayNode();
    array.addAll(elements);
    return array;
  }

  private static ObjectNode object(Map<String, JsonNode> members) {
    ObjectNode object = NODES.objectNode();
    object.setAll(members);
    return object;
  }

  /** A member that requests have, mostly with a value of its type. */
  private static Arbitrary<Tuple.Tuple2<String, JsonNode>> member(int depth) {
    Arbitrary<JsonNode> value =
        Arbitraries.maps(
                Arbitraries.of("headers", "data", "x"),
                Arbitraries.oneOf(ids(), tags(), Arbitraries.just(NODES.nullNode())))
            .ofMaxSize(3)
            .map(Bodies::object);
    Arbitrary<Tuple.Tuple2<String, JsonNode>> plain =
        Arbitraries.oneOf(
            named(ids(), "id", "pid", "awaited", "awaiter", "cursor", "promiseId"),
            named(numbers(), "version", "ttl", "timeoutAt", "limit", "time", "promiseTimeout"),
            named(tags(), "tags", "promiseTags"),
            named(value, "param", "value", "promiseParam", "head"),
            named(
                text("resolved", "rejected", "pending", "acquired", "rejected_timedout", "x"),
                "state"),
            named(text("poll://uni@g/w", "http://127.0.0.1:1/", "poll:", ""), "address"),
            named(text("* * * * *", "0 0 31 2 *", "@daily", "x", ""), "cron"),
            named(text("promise.create", "promise.settle", "x"), "kind"),
            named(anything(), "id", "version", "tags", "param", "state", "action", "tasks", "y"));
    if (depth == 0) {
      return plain;
    }
    Arbitrary<JsonNode> nested = data(depth - 1).map(node -> node);
    return Arbitraries.frequencyOf(
        Tuple.of(5, plain),
        Tuple.of(1, named(nested, "action", "data")),
        Tuple.of(1, named(nested.list().ofMaxSize(3).map(Bodies::array), "actions", "tasks")));
  }

  private static Arbitrary<Tuple.Tuple2<String, JsonNode>> named(
      Arbitrary<? extends JsonNode> values, String... names) {
    return Combinators.combine(Arbitraries.of(names), values).as(Tuple::of);
  }

  private static Arbitrary<ObjectNode> data(int depth) {
    return member(depth)
        .list()
        .ofMaxSize(7)
        .map(members -> {
          ObjectNode data = NODES.objectNode();
          members.forEach(member -> data.set(member.get1(), member.get2()));
          return data;
        });
  }

  /** What a sound request of a kind holds, so that mistakes come one at a time. */
  private static Arbitrary<ObjectNode> soundData() {
    return Combinators.combine(ids(), ids(), numbers(), tags())
        .as((id, other, number, tags) -> {
          ObjectNode data = NODES.objectNode();
          data.set("id", id);
          data.set("awaited", other);
          data.set("awaiter", id);
          data.put("pid", "w").put("ttl", 1_000).put("address", "poll://uni@g/w");
          data.put("timeoutAt", 32_503_680_000_000L).put("state", "resolved").put("time", 5);
          data.put("cron", "* * * * *").put("promiseId", "{{.id}}").put("promiseTimeout", 1);
          data.set("version", number);
          data.set("tags", tags);
          ObjectNode inner = data.deepCopy();
          ObjectNode action = NODES.objectNode();
          action.put("kind", "promise.create").set("head", NODES.objectNode());
          action.set("data", inner);
          data.set("action", action);
          data.putArray("actions").add(action.deepCopy());
          data.putArray("tasks").add(inner.deepCopy());
          return data;
        });
  }

  private static ObjectNode envelope(String kind, JsonNode data) {
    ObjectNode envelope = NODES.objectNode();
    envelope.put("kind", kind);
    envelope.putObject("head").put("corrId", "c").put("version", "2026-04-01");
    envelope.set("data", data);
    return envelope;
  }

  /**
   * Envelopes that a server reads, with data that is sound, mistaken in some members, or random.
   */
  static Arbitrary<ObjectNode> envelopes() {
    Arbitrary<ObjectNode> mistaken =
        Combinators.combine(soundData(), member(2).list().ofMaxSize(2))
            .as((data, mistakes) -> {
              mistakes.forEach(mistake -> data.set(mistake.get1(), mistake.get2()));
              return data;
            });
    return Combinators.combine(
            Arbitraries.of(KINDS), Arbitraries.oneOf(soundData(), mistaken, data(2)))
        .as(Bodies::envelope);
  }

  /** The bytes of an envelope after something has happened to them. */
  static Arbitrary<byte[]> damaged() {
    Arbitrary<Damage> damage =
        Combinators.combine(
                Arbitraries.of(Damage.What.values()),
                Arbitraries.integers().between(0, 999),
                Arbitraries.bytes())
            .as(Damage::new);
    return Combinators.combine(envelopes(), damage.list().ofMinSize(1).ofMaxSize(4))
        .as((envelope, all) -> {
          byte[] bytes = envelope.toString().getBytes(StandardCharsets.UTF_8);
          for (Damage each : all) {
            bytes = each.to(bytes);
          }
          return bytes;
        });
  }
}
