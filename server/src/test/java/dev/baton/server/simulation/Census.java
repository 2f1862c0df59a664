package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Task;
import dev.baton.server.process.Rules;
import java.util.Map;

/** Counts which commands were decided how. */
record Census(Map<String, Integer> counts) implements Wiring {

  @Override
  public Rules rules(Rules real) {
    return (state, command, now) -> {
      Outcome outcome = real.decide(state, command, now);
      count(command, outcome);
      return outcome;
    };
  }

  private void count(Command command, Outcome outcome) {
    String kind =
        command instanceof Command.Client(var request)
            ? request.kind()
            : command.getClass().getSimpleName();
    counts.merge(kind + " " + outcome.response().status(), 1, Integer::sum);
    for (Change change : outcome.changes()) {
      if (change instanceof Change.PutTask(Task before, Task after) && before != null) {
        counts.merge(kind + ": " + state(before) + " to " + state(after), 1, Integer::sum);
      }
    }
  }

  private static String state(Task task) {
    return task.state().getClass().getSimpleName();
  }
}
