package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for an order in which the rules give every answer that was given, each operation happening
 * between its call and its end (Wing and Gong's search, with Lowe's memory of what led nowhere). An
 * operation without an answer may have happened or not.
 */
final class Checker {

  /** All times are this one: answers are compared without them. */
  private static final long NOW = 0;

  private record Visited(BitSet done, SequentialState state) {}

  private final StateMachine rules = new StateMachine(RuleSet.DEFAULT);
  private final List<Operation> operations;
  private final Set<Visited> visited = new HashSet<>();
  private BitSet furthest = new BitSet();
  private SequentialState furthestState = SequentialState.EMPTY;

  private Checker(List<Operation> history) {
    operations = history.stream().sorted(Comparator.comparingLong(Operation::calledAt)).toList();
  }

  /**
   * What came of a check.
   *
   * @param holds whether there is such an order
   * @param steps how many ways were tried
   * @param explanation how far the best order goes, if there is none
   */
  record Verdict(boolean holds, int steps, String explanation) {}

  static Verdict check(List<Operation> history) {
    Checker checker = new Checker(history);
    boolean holds = checker.search(new BitSet(), SequentialState.EMPTY);
    return new Verdict(holds, checker.visited.size(), holds ? "" : checker.explain());
  }

  private boolean search(BitSet done, SequentialState state) {
    if (!visited.add(new Visited((BitSet) done.clone(), state))) {
      return false;
    }
    if (done.cardinality() > furthest.cardinality()) {
      furthest = (BitSet) done.clone();
      furthestState = state;
    }
    long firstEnd = Long.MAX_VALUE;
    long lastCall = Long.MIN_VALUE;
    boolean isComplete = true;
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      if (done.get(i)) {
        lastCall = Math.max(lastCall, operation.calledAt());
      } else if (operation.response() != null) {
        isComplete = false;
        firstEnd = Math.min(firstEnd, operation.endedAt());
      }
    }
    if (isComplete) {
      return true;
    }
    for (int i = 0; i < operations.size() && operations.get(i).calledAt() <= firstEnd; i++) {
      if (!done.get(i) && operations.get(i).endedAt() >= lastCall && leadsOn(done, i, state)) {
        return true;
      }
    }
    return false;
  }

  private boolean leadsOn(BitSet done, int next, SequentialState state) {
    Operation operation = operations.get(next);
    Outcome outcome = decide(state, operation.command());
    Response expected = operation.response();
    boolean isPossible =
        expected == null ? !outcome.changes().isEmpty() : expected.equals(outcome.response());
    if (!isPossible) {
      return false;
    }
    done.set(next);
    boolean found = search(done, state.with(outcome.changes()));
    done.clear(next);
    return found;
  }

  private Outcome decide(SequentialState state, Command command) {
    if (command instanceof Command.Client(PromiseRequest.Search search)) {
      List<PromiseRecord> page = state.search(search).stream().map(Promise::toRecord).toList();
      return new Outcome(Response.ok(new Response.PromisePage(page, null)), List.of(), List.of());
    }
    return rules.decide(state, command, NOW);
  }

  private String explain() {
    String rest =
        java.util.stream.IntStream.range(0, operations.size())
            .filter(i -> !furthest.get(i))
            .mapToObj(operations::get)
            .map(operation ->
                operation
                    + "\n    where the rules answer "
                    + decide(furthestState, operation.command()).response())
            .collect(Collectors.joining("\n"));
    return "no order of these %d operations gives their answers; the best explains %d and leads to\n%s\nleft are\n%s\nof\n%s"
        .formatted(
            operations.size(),
            furthest.cardinality(),
            furthestState,
            rest,
            operations.stream().map(Operation::toString).collect(Collectors.joining("\n")));
  }
}
