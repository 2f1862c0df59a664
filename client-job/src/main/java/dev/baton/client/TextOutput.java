package dev.baton.client;

import dev.baton.client.Outcome.Failed;
import dev.baton.client.Outcome.Succeeded;
import java.io.PrintStream;
import java.util.List;

/** For people: a line for each event, then tables after an empty line. */
record TextOutput(PrintStream out) implements Output {

  @Override
  public void started(Run run) {
    out.printf(
        "run %s: %d calls to %s at %s (seed %d)%n",
        run.runId(), run.calls().size(), run.target(), run.url(), run.seed());
  }

  @Override
  public void dispatched(Call call) {
    out.printf("  dispatched %s cost %d%n", call.id(), call.cost());
  }

  @Override
  public void ended(Outcome outcome, int ended, int calls) {
    out.println(
        switch (outcome) {
          case Succeeded(var call, var computed, var ms) ->
              "  %d/%d %s done by %s, attempt %d, after %s"
                  .formatted(
                      ended,
                      calls,
                      call.id(),
                      computed.worker(),
                      computed.attempt(),
                      Report.seconds(ms));
          case Failed(var call, var reason) ->
              "  %d/%d %s FAILED: %s".formatted(ended, calls, call.id(), reason);
        });
  }

  @Override
  public void summary(List<Outcome> outcomes) {
    out.println();
    out.print(Report.of(outcomes));
    out.flush();
  }
}
