package dev.baton.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.client.Outcome.Failed;
import dev.baton.client.Outcome.Succeeded;
import java.io.PrintStream;
import java.util.List;

/** For programs: one JSON object a line, told apart by its member {@code event}. */
final class JsonOutput implements Output {
  private final ObjectMapper json = new ObjectMapper();
  private final PrintStream out;

  JsonOutput(PrintStream out) {
    this.out = out;
  }

  @Override
  public void started(Run run) {
    print(
        event("started")
            .put("run", run.runId())
            .put("url", run.url())
            .put("target", run.target())
            .put("calls", run.calls().size())
            .put("seed", run.seed()));
  }

  @Override
  public void dispatched(Call call) {
    print(event("dispatched").put("call", call.id()).put("cost", call.cost()));
  }

  @Override
  public void ended(Outcome outcome, int ended, int calls) {
    print(
        switch (outcome) {
          case Succeeded(var call, var computed, var ms) -> {
            var node =
                event("succeeded")
                    .put("call", call.id())
                    .put("cost", computed.cost())
                    .put("worker", computed.worker())
                    .put("attempt", computed.attempt())
                    .put("startedAt", computed.startedAt())
                    .put("endedAt", computed.endedAt())
                    .put("sinceDispatchMs", ms);
            ((Succeeded) outcome).waitedMs().ifPresent(waited -> node.put("waitedMs", waited));
            yield node;
          }
          case Failed(var call, var reason) ->
              event("failed").put("call", call.id()).put("cost", call.cost()).put("reason", reason);
        });
  }

  @Override
  public void summary(List<Outcome> outcomes) {
    var failed = outcomes.stream().filter(Failed.class::isInstance).count();
    print(event("summary").put("succeeded", outcomes.size() - failed).put("failed", failed));
  }

  private ObjectNode event(String name) {
    return json.createObjectNode().put("event", name);
  }

  private void print(ObjectNode event) {
    try {
      out.println(json.writeValueAsString(event));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event could not be written as JSON", e);
    }
  }
}
