package dev.baton.sdk.internal.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.internal.value.Values;
import java.util.Map;

/**
 * A step that a function asks for.
 *
 * @param name of what it runs; empty for what runs nothing
 */
record Step(
    StepKind kind, String id, String name, long timeoutAt, Value param, Map<String, String> tags) {

  private static final int MOST_SHOWN = 200;

  PromiseRequest.Create request() {
    return new PromiseRequest.Create(id, timeoutAt, param, tags);
  }

  /**
   * @throws Aborts.NotDeterministic if what is stored under the id is another step
   */
  void check(PromiseRecord stored, Values values) {
    var storedKind = StepKind.of(stored);
    boolean isSameKind = storedKind == kind;
    if (isSameKind && stored.param().equals(param)) {
      return;
    }
    var before = values.tree(stored.param(), "the param of " + id);
    String storedName = name(before);
    if (!isSameKind || !storedName.equals(name)) {
      throw differs("was " + said(storedKind, storedName), "is now " + said(kind, name));
    }
    var now = values.tree(param, "the param of " + id);
    if (before.has("args")
        && now.has("args")
        && !alike(opened(before.get("args"), values), opened(now.get("args"), values))) {
      throw differs(
          said(kind, name) + " was called with " + shown(before.get("args")),
          "is now called with " + shown(now.get("args")));
    }
  }

  /** The same value need not be sealed the same way twice. */
  private static JsonNode opened(JsonNode arguments, Values values) {
    var opened = JsonNodeFactory.instance.arrayNode();
    arguments.forEach(argument -> opened.add(values.opened(argument)));
    return opened;
  }

  private Aborts.NotDeterministic differs(String before, String now) {
    return new Aborts.NotDeterministic(
        "step %s %s when the function first came here and %s: a function must make the same steps whenever it is run again"
            .formatted(id, before, now));
  }

  /** A member that is null and one that is missing are read as the same, and so are 1.0 and 1. */
  private static boolean alike(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }
    if (one.isArray() && other.isArray() && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        if (!alike(one.get(i), other.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (one.isObject() && other.isObject()) {
      return coveredBy(one, other) && coveredBy(other, one);
    }
    return one.equals(other);
  }

  private static boolean coveredBy(JsonNode one, JsonNode other) {
    for (var member : one.properties()) {
      var there = other.get(member.getKey());
      boolean isCovered =
          there == null ? member.getValue().isNull() : alike(member.getValue(), there);
      if (!isCovered) {
        return false;
      }
    }
    return true;
  }

  private static String name(JsonNode param) {
    return param.path("func").asText("");
  }

  private static String shown(JsonNode json) {
    String text = json.toString();
    return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
  }

  /** What a stored step is called in messages. */
  static String said(PromiseRecord stored, Values values) {
    return said(
        StepKind.of(stored), name(values.tree(stored.param(), "the param of " + stored.id())));
  }

  private static String said(StepKind kind, String name) {
    return name.isEmpty() ? kind.toString() : kind + " '" + name + "'";
  }
}
