package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A few overlapping operations on one promise, with answers that may be out of order, or absent.
 */
final class RandomHistory {

  private static final List<Command> BEGINNING =
      List.of(
          create("p", Map.of(Tags.TARGET, "poll://any@g")),
          create("q", Map.of()),
          settle("q", "done"));

  private static final int OPERATIONS = BEGINNING.size() + 5;

  private RandomHistory() {}

  static List<Operation> of(long seed) {
    StateMachine rules = new StateMachine(RuleSet.DEFAULT);
    Random random = new Random(seed);
    SequentialState state = SequentialState.EMPTY;
    List<Operation> history = new ArrayList<>();
    for (int i = 0; i < OPERATIONS; i++) {
      Command command = i < BEGINNING.size() ? BEGINNING.get(i) : command(random);
      Outcome outcome = rules.decide(state, command, 0);
      boolean isAnswered =
          i < BEGINNING.size() || (command instanceof Command.Client && random.nextInt(3) > 0);
      boolean isDone = isAnswered || random.nextBoolean();
      state = isDone ? state.with(outcome.changes()) : state;
      // Some are seen at another time than they happened at, so that many histories have no order.
      long shift = random.nextInt(4) == 0 ? 40 : 0;
      long at = 10L * i + shift;
      Response response = isAnswered ? outcome.response() : null;
      long end = isAnswered || random.nextInt(3) == 0 ? at + random.nextInt(15) : Long.MAX_VALUE;
      history.add(new Operation(command, at - random.nextInt(15), end, response));
    }
    return history;
  }

  private static Command command(Random random) {
    long version = random.nextInt(3);
    String pid = random.nextBoolean() ? "a" : "b";
    return switch (random.nextInt(9)) {
      case 0, 1 -> new Command.Client(new TaskRequest.Acquire("p", version, pid, Long.MAX_VALUE));
      case 2 -> new Command.Client(new TaskRequest.Release("p", version));
      case 3 -> settle("p", pid);
      case 4 -> new Command.EndLease("p", version, 0, Long.MAX_VALUE);
      case 5 -> new Command.Client(callback());
      case 6 -> new Command.Client(new TaskRequest.Suspend("p", version, List.of(callback())));
      case 7 -> new Command.Client(new TaskRequest.Get("p"));
      default -> new Command.Client(new PromiseRequest.Get("p"));
    };
  }

  private static Command create(String id, Map<String, String> tags) {
    return new Command.Client(new PromiseRequest.Create(id, Long.MAX_VALUE, Value.EMPTY, tags));
  }

  private static Command settle(String id, String value) {
    return new Command.Client(
        new PromiseRequest.Settle(id, PromiseRecord.State.RESOLVED, Value.ofData(value)));
  }

  private static PromiseRequest.RegisterCallback callback() {
    return new PromiseRequest.RegisterCallback("q", "p");
  }
}
