package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Task;
import dev.baton.protocol.Response;
import dev.baton.server.memory.Account;
import dev.baton.server.process.LiveBudget;
import dev.baton.server.process.Rules;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts which commands were decided how, and which found no room. */
record Census(Map<String, Integer> counts) implements Wiring {

  @Override
  public Rules rules(Rules real) {
    return (state, command, now) -> {
      Outcome outcome = real.decide(state, command, now);
      count(command, outcome);
      return outcome;
    };
  }

  @Override
  public LiveBudget budget(Account account) {
    return new LiveBudget(account) {
      @Override
      public @Nullable Response refusal(
          Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
        Response refusal = super.refusal(command, changes, liveBytes, scheduleBytes);
        if (refusal != null && command instanceof Command.Client(var request)) {
          counts.merge(request.kind() + " without room", 1, Integer::sum);
        }
        return refusal;
      }

      @Override
      public boolean hasRoomToBegin(long liveBytes) {
        boolean hasRoom = super.hasRoomToBegin(liveBytes);
        if (!hasRoom) {
          counts.merge("schedules without room", 1, Integer::sum);
        }
        return hasRoom;
      }
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
