package dev.baton.server.simulation;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.process.Rules;

/** Rules that take what was done for others for what was done by a request that is repeated. */
final class WrongRepeats {

  private WrongRepeats() {}

  static Rules of(ClusterMutants mutant, Rules real) {
    return (state, command, now) -> {
      Outcome outcome =
          real.decide(
              state,
              switch (command) {
                case Command.Repeated repeated -> wrong(mutant, state, repeated);
                case Command.EndLease end -> wrong(mutant, state, end);
                default -> command;
              },
              now);
      return mutant == ClusterMutants.TAKES_ANY_REFUSAL_FOR_A_SUSPENSION
              && command instanceof Command.Repeated(TaskRequest.Suspend _, _, _)
              && outcome.response().status() == 409
          ? new Outcome(Response.ok(), outcome.changes(), outcome.unblocks())
          : outcome;
    };
  }

  private static Command wrong(ClusterMutants mutant, State state, Command.EndLease end) {
    return mutant == ClusterMutants.ENDS_WHAT_IT_HAS_GRANTED_AGAIN
            && state.task(end.taskId()) instanceof Task(_, _, _, TaskState.Acquired held)
        ? new Command.EndLease(
            end.taskId(), end.version(), held.acquiredAt(), held.leaseExpiresAt())
        : end;
  }

  private static Command wrong(ClusterMutants mutant, State state, Command.Repeated repeated) {
    return switch (mutant) {
      case GRANTS_AGAIN_WHAT_OTHERS_HOLD ->
          repeated.request() instanceof TaskRequest.Acquire(String id, long version, _, long ttl)
                  && state.task(id) instanceof Task(_, _, _, TaskState.Acquired held)
              ? new Command.Repeated(
                  new TaskRequest.Acquire(id, version, held.pid(), ttl), Long.MAX_VALUE, 0)
              : repeated;
      case GRANTS_AGAIN_WHAT_IT_HAS_GRANTED ->
          new Command.Repeated(repeated.request(), Long.MAX_VALUE, 0);
      case TAKES_ANY_OUTCOME_FOR_ITS_OWN ->
          repeated.request() instanceof TaskRequest.Fulfill(String id, long version, _)
                  && state.wholePromise(id) instanceof Promise promise
                  && promise.state() instanceof PromiseState.Settled(var as, var value, _)
              ? new Command.Repeated(
                  new TaskRequest.Fulfill(id, version, new PromiseRequest.Settle(id, as, value)),
                  repeated.ownedSince(),
                  repeated.lostMsAgo())
              : repeated;
      default -> repeated;
    };
  }
}
