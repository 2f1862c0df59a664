package dev.baton.server.linearizability;

import dev.baton.core.Outcome;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import java.util.ArrayList;
import java.util.List;

/** Tries every order of a few operations, to compare {@link Checker} with. */
final class BruteForce {

  private static final StateMachine RULES = new StateMachine(RuleSet.DEFAULT);

  private BruteForce() {}

  static boolean hasOrder(List<Operation> history) {
    return hasOrder(history, SequentialState.EMPTY);
  }

  private static boolean hasOrder(List<Operation> left, SequentialState state) {
    if (left.stream().allMatch(operation -> operation.response() == null)) {
      return true;
    }
    for (Operation next : left) {
      List<Operation> rest = new ArrayList<>(left);
      rest.remove(next);
      if (next.response() == null && hasOrder(rest, state)) {
        return true;
      }
      boolean mayBeNext = rest.stream().allMatch(other -> other.endedAt() >= next.calledAt());
      Outcome outcome = RULES.decide(state, next.command(), 0);
      boolean fits = next.response() == null || next.response().equals(outcome.response());
      if (mayBeNext && fits && hasOrder(rest, state.with(outcome.changes()))) {
        return true;
      }
    }
    return false;
  }
}
