package dev.baton.client;

import dev.baton.client.Outcome.Failed;
import dev.baton.client.Outcome.Succeeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The outcomes of a run as text for people. */
final class Report {

  private Report() {}

  /** Every call with who did it, then what each worker did, then how many calls failed and why. */
  static String of(List<Outcome> outcomes) {
    var text = new StringBuilder();
    text.append(calls(outcomes));
    if (outcomes.stream().anyMatch(Succeeded.class::isInstance)) {
      text.append('\n').append(workers(outcomes));
    }
    var failed =
        outcomes.stream().filter(Failed.class::isInstance).map(Failed.class::cast).toList();
    if (!failed.isEmpty()) {
      text.append('\n')
          .append("%d of %d calls failed:\n".formatted(failed.size(), outcomes.size()));
      failed.forEach(call -> text.append("  %s: %s\n".formatted(call.call().id(), call.reason())));
    }
    return text.toString();
  }

  static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.2f s", ms / 1000.0);
  }

  private static String calls(List<Outcome> outcomes) {
    var table = new Table("<CALL", ">COST", "<WORKER", ">ATTEMPTS", ">WAITED", ">TOOK");
    for (var outcome : outcomes) {
      switch (outcome) {
        case Succeeded(var call, var computed, _) ->
            table.row(
                call.id(),
                computed.cost(),
                computed.worker(),
                computed.attempt(),
                waited((Succeeded) outcome),
                seconds(computed.tookMs()));
        case Failed(var call, _) -> table.row(call.id(), call.cost(), "failed", "", "", "");
      }
    }
    return table.toString();
  }

  private static String waited(Succeeded call) {
    var waited = call.waitedMs();
    return waited.isPresent() ? seconds(waited.getAsLong()) : "done before";
  }

  private static String workers(List<Outcome> outcomes) {
    var byWorker = new TreeMap<String, List<Computed>>();
    for (var outcome : outcomes) {
      if (outcome instanceof Succeeded(_, var computed, _)) {
        byWorker.computeIfAbsent(computed.worker(), _ -> new ArrayList<>()).add(computed);
      }
    }
    var table = new Table("<WORKER", ">CALLS", ">COST", ">BUSY");
    byWorker.forEach((worker, done) ->
        table.row(
            worker,
            done.size(),
            done.stream().mapToInt(Computed::cost).sum(),
            seconds(done.stream().mapToLong(Computed::tookMs).sum())));
    return table.toString();
  }
}
