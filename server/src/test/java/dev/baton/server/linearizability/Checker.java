package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.Task;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Looks for an order in which the rules give every answer that was given, each operation happening
 * between its call and its end (Wing and Gong's search, with Lowe's memory of what led nowhere). An
 * operation without an answer may have happened or not.
 */
final class Checker {

  /** All times are this one: answers are compared without them. */
  static final long NOW = 0;

  /** A history that needs more than this many steps is one that this search is no match for. */
  private static final int STEPS_MOST = 2_000_000;

  private final StateMachine rules = new StateMachine(RuleSet.DEFAULT);
  private final List<Operation> operations;
  private final BitSet answered = new BitSet();
  private final DeadEnds deadEnds = new DeadEnds();
  private BitSet furthest = new BitSet();
  private SequentialState furthestState = SequentialState.EMPTY;

  private Checker(List<Operation> history) {
    operations = history.stream().sorted(Comparator.comparingLong(Operation::calledAt)).toList();
    for (int i = 0; i < operations.size(); i++) {
      answered.set(i, operations.get(i).response() != null);
    }
  }

  /**
   * What came of a check.
   *
   * @param holds whether there is such an order
   * @param steps how many ways were tried
   * @param explanation how far the best order goes, if none was found
   */
  record Verdict(boolean holds, int steps, String explanation) {}

  static Verdict check(List<Operation> history) {
    Checker checker = new Checker(history);
    boolean holds = checker.search(new BitSet(), SequentialState.EMPTY);
    return new Verdict(holds, checker.deadEnds.size(), holds ? "" : checker.explain());
  }

  private boolean search(BitSet done, SequentialState state) {
    BitSet explained = (BitSet) done.clone();
    explained.and(answered);
    if (deadEnds.size() >= STEPS_MOST || !deadEnds.add(explained, spent(done, state), state)) {
      return false;
    }
    if (done.cardinality() > furthest.cardinality()) {
      furthest = (BitSet) done.clone();
      furthestState = state;
    }
    if (explained.equals(answered)) {
      return true;
    }
    long lastCall =
        done.stream().mapToLong(i -> operations.get(i).calledAt()).max().orElse(Long.MIN_VALUE);
    List<Integer> next = next(done, lastCall);
    for (int i : next) {
      if (isFree(i, done, lastCall, state)) {
        return leadsOn(done, i, state);
      }
    }
    for (int i : next) {
      if (leadsOn(done, i, state)) {
        return true;
      }
    }
    return false;
  }

  /** What has happened without an answer, and could otherwise still happen from this state on. */
  private BitSet spent(BitSet done, SequentialState state) {
    BitSet spent = (BitSet) done.clone();
    spent.andNot(answered);
    spent.stream().filter(i -> isPast(operations.get(i).command(), state)).forEach(spent::clear);
    return spent;
  }

  /** Whether a command is about a version of a task that never comes back. */
  private static boolean isPast(Command command, SequentialState state) {
    return switch (command) {
      case Command.EndLease(String id, long version, _, _) -> isPast(id, version, state);
      case Command.Client(TaskRequest.Acquire ask) -> isPast(ask.id(), ask.version(), state);
      case Command.Client(TaskRequest.Release ask) -> isPast(ask.id(), ask.version(), state);
      case Command.Client(TaskRequest.Fulfill ask) -> isPast(ask.id(), ask.version(), state);
      case Command.Client(TaskRequest.Suspend ask) -> isPast(ask.id(), ask.version(), state);
      case Command.Client(TaskRequest.Fence ask) -> isPast(ask.id(), ask.version(), state);
      default -> false;
    };
  }

  private static boolean isPast(String id, long version, SequentialState state) {
    Task task = state.task(id);
    return task != null && task.version() > version;
  }

  /** What may happen next: first what has an answer, since that must happen. */
  private List<Integer> next(BitSet done, long lastCall) {
    long firstEnd =
        answered.stream()
            .filter(i -> !done.get(i))
            .mapToLong(i -> operations.get(i).endedAt())
            .min()
            .orElseThrow();
    return IntStream.range(0, operations.size())
        .filter(i -> !done.get(i))
        .filter(i -> operations.get(i).calledAt() <= firstEnd)
        .filter(i -> operations.get(i).endedAt() >= lastCall)
        .filter(i -> answered.get(i) || !hasTwin(i, done, lastCall))
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> !answered.get(i)))
        .toList();
  }

  /**
   * Whether the same was asked before without an answer, and can no longer happen than this can.
   */
  private boolean hasTwin(int candidate, BitSet done, long lastCall) {
    Operation operation = operations.get(candidate);
    return IntStream.range(0, candidate)
        .filter(i -> !done.get(i) && !answered.get(i))
        .mapToObj(operations::get)
        .anyMatch(twin ->
            twin.endedAt() >= lastCall
                && twin.endedAt() <= operation.endedAt()
                && twin.command().equals(operation.command()));
  }

  /**
   * Whether an operation that is explained now hinders nothing: it never changes anything, and
   * whatever may have happened unanswered may still happen. If there is an order, there is one that
   * begins so.
   */
  private boolean isFree(int candidate, BitSet done, long lastCall, SequentialState state) {
    Operation operation = operations.get(candidate);
    Response response = operation.response();
    return response != null
        && (isRead(operation.command()) || response.status() >= 400)
        && decide(state, operation.command()).response().equals(response)
        && IntStream.range(0, operations.size())
            .filter(i -> !done.get(i) && !answered.get(i))
            .mapToLong(i -> operations.get(i).endedAt())
            .noneMatch(end -> end >= lastCall && end < operation.calledAt());
  }

  /** What changes nothing now might at another moment, unless it is one of these. */
  private static boolean isRead(Command command) {
    return command instanceof Command.Client(Request request)
        && (request instanceof PromiseRequest.Get
            || request instanceof PromiseRequest.Search
            || request instanceof TaskRequest.Get);
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
        IntStream.range(0, operations.size())
            .filter(i -> !furthest.get(i))
            .mapToObj(operations::get)
            .map(operation ->
                operation
                    + "\n    where the rules answer "
                    + decide(furthestState, operation.command()).response())
            .collect(Collectors.joining("\n"));
    String outcome =
        deadEnds.size() >= STEPS_MOST
            ? "after %,d steps there may still be an order".formatted(STEPS_MOST)
            : "no order";
    return "%s of these %d operations gives their answers; the best explains %d and leads to\n%s\nleft are\n%s\nof\n%s"
        .formatted(
            outcome,
            operations.size(),
            furthest.cardinality(),
            furthestState,
            rest,
            operations.stream().map(Operation::toString).collect(Collectors.joining("\n")));
  }
}
