package dev.baton.sdk.internal.work;

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

  PromiseRequest.Create request() {
    return new PromiseRequest.Create(id, timeoutAt, param, tags);
  }

  /**
   * @throws Aborts.NotDeterministic if what is stored under the id is another step
   */
  void check(PromiseRecord stored) {
    var storedKind = StepKind.of(stored);
    if (storedKind == kind && (stored.param().equals(param) || storedName(stored).equals(name))) {
      return;
    }
    throw new Aborts.NotDeterministic(
        "step %s was %s when the function first came here and is now %s: a function must make the same steps whenever it is run again"
            .formatted(id, said(storedKind, storedName(stored)), said(kind, name)));
  }

  private static String storedName(PromiseRecord stored) {
    return Values.tree(stored.param(), "the param of " + stored.id()).path("func").asText("");
  }

  private static String said(StepKind kind, String name) {
    return name.isEmpty() ? kind.toString() : kind + " '" + name + "'";
  }
}
