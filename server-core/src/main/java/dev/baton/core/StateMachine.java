package dev.baton.core;

import dev.baton.protocol.BulkRead;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;

/**
 * The rules of the protocol as one pure function. It holds no state and may be shared between
 * threads.
 */
public final class StateMachine {

  /** The server's own ticks leave the rest to the next one, so that requests come between. */
  static final int TIMERS_PER_TICK = 10_000;

  /**
   * So many promises that are not pending are looked for when a task is to be suspended, which may
   * name tens of thousands. With one of them it goes on anyway, and asks for the others itself.
   */
  public static final int SETTLED_PER_SUSPENSION = 256;

  private final PromiseTransitions promises;
  private final TaskTransitions tasks;
  private final RepeatedRequests repeated;
  private final ScheduleTransitions schedules;

  public StateMachine(RuleSet rules) {
    this.promises = new PromiseTransitions(rules);
    this.tasks = new TaskTransitions(rules, promises);
    this.repeated = new RepeatedRequests(tasks);
    this.schedules = new ScheduleTransitions(rules, promises);
  }

  /**
   * What a command comes to, which is no {@link BulkRead}. The state is read and not changed: the
   * outcome's changes are to be applied to it before the next command is decided.
   *
   * @param now epoch milliseconds; a tick asked for by {@code debug.tick} brings its own
   */
  public Outcome decide(State state, Command command, long now) {
    var draft = new Draft(state);
    var response =
        switch (command) {
          case Command.Client(var request) -> client(draft, request, now);
          case Command.Repeated(var request, var ownedSince, var lostMsAgo) ->
              repeated.decide(draft, request, Math.min(ownedSince, now - lostMsAgo), now);
          case Command.Tick tick -> {
            tick(draft, state.due(now, tick.withRetries(), TIMERS_PER_TICK), tick, now);
            yield Response.ok();
          }
          case Command.EndOverdueLeases(var heardFrom) -> {
            tasks.endLeases(draft, state.due(now, false, TIMERS_PER_TICK).leases(), heardFrom, now);
            yield Response.ok();
          }
          case Command.CutLeases ignored -> {
            tasks.cutLeases(draft, now);
            yield Response.ok();
          }
          case Command.EndLeases(var pid, var reach, var loss) -> {
            tasks.endLeases(draft, pid, reach, now);
            yield Response.ok();
          }
          case Command.EndLease lease -> {
            tasks.endLease(draft, lease, now);
            yield Response.ok();
          }
          case Command.RenewOffer(var id, var version) -> {
            tasks.renewOffer(draft, id, version, now);
            yield Response.ok();
          }
          case Command.ForgetListeners(var listeners) -> {
            for (var listener : listeners) {
              draft.forgetListener(listener.awaited(), listener.address());
            }
            yield Response.ok();
          }
        };
    if (!draft.endedOccurrencesOf().isEmpty()) {
      schedules.release(draft, draft.endedOccurrencesOf(), now);
    }
    return draft.outcome(response);
  }

  private Response client(Draft draft, Request request, long now) {
    return switch (request) {
      case PromiseRequest promise -> promises.decide(draft, promise, now);
      case TaskRequest task -> tasks.decide(draft, task, now);
      case ScheduleRequest schedule -> schedules.decide(draft, schedule, now);
      case DebugRequest.Start start -> Response.ok();
      case DebugRequest.Stop ignored -> Response.ok();
      case DebugRequest.Reset ignored -> {
        draft.clear();
        yield Response.ok();
      }
      case DebugRequest.Tick(var time) -> {
        tick(draft, draft.state().due(time, true), new Command.Tick(true), time);
        yield Response.ok(new Response.Ticked());
      }
      case DebugRequest.Snap snap -> throw isNoDecision(snap);
    };
  }

  /** Bulk reads are answered by a {@link Reading}. */
  static IllegalArgumentException isNoDecision(BulkRead request) {
    return new IllegalArgumentException(request.kind() + " decides nothing");
  }

  /** Section 7.7. */
  private void tick(Draft draft, State.Due due, Command.Tick tick, long now) {
    promises.expire(draft, due.promises(), now);
    tasks.retry(draft, due.retries(), tick.withRetries(), now);
    if (tick.withLeases()) {
      tasks.endLeases(draft, due.leases(), 0, now);
    }
    if (tick.withRuns()) {
      schedules.fire(draft, due.schedules(), now);
    }
  }
}
