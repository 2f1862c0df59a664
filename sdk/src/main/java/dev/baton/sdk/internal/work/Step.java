package dev.baton.sdk.internal.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.internal.value.JsonValues;
import dev.baton.sdk.internal.value.Values;
import java.util.Map;
import java.util.Objects;

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

  /** The same with headers of its param, which say nothing of what it is. */
  Step with(Map<String, String> headers) {
    return headers.isEmpty()
        ? this
        : new Step(kind, id, name, timeoutAt, new Value(headers, param.data()), tags);
  }

  /**
   * @throws Aborts.NotDeterministic if what is stored under the id is another step
   */
  void check(PromiseRecord stored, Values values) {
    var storedKind = StepKind.of(stored);
    boolean isSameKind = storedKind == kind;
    if (isSameKind && Objects.equals(stored.param().data(), param.data())) {
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
        && !JsonValues.areAlike(
            opened(before.get("args"), values), opened(now.get("args"), values))) {
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
