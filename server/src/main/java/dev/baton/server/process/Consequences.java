package dev.baton.server.process;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.process.Decider.ScriptOutcome;
import dev.baton.server.record.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands the dispatcher what has become durable, why it came so, and what was asked for besides. */
final class Consequences {

  private final Dispatcher dispatcher;
  private final Extension extension;
  private final EngineMetrics metrics;

  Consequences(Dispatcher dispatcher, Extension extension, EngineMetrics metrics) {
    this.dispatcher = dispatcher;
    this.extension = extension;
    this.metrics = metrics;
  }

  /** What a command of the pipeline's own came to. */
  void ofOwn(Command command, Outcome outcome, long now) {
    handOver(outcome, cause(command), now);
  }

  /** What a script's requests came to. */
  void ofScript(ScriptOutcome script, long now) {
    script.outcomes().forEach(outcome -> handOver(outcome, Event.Cause.RELEASED, now));
    script.requests().forEach(request -> ofRequest(request, now));
  }

  /** What a client's command came to. */
  void ofCall(Command command, Outcome outcome, long now) {
    dispatcher.fulfilling(fulfilled(command, outcome));
    handOver(outcome, cause(command), now);
    dispatcher.fulfilling(null);
    handOverReason(command, outcome);
    ofRead(command, now);
  }

  /** What a client's command means beside what it changes, or where it may change nothing. */
  void ofRead(Command command, long now) {
    if (command instanceof Command.Asked asked) {
      ofRequest(asked.request(), now);
    }
  }

  private void ofRequest(Request request, long now) {
    switch (request) {
      case DebugRequest.Start _ -> dispatcher.pause(true, now);
      case DebugRequest.Stop _ -> dispatcher.pause(false, now);
      case TaskRequest.Heartbeat heartbeat -> dispatcher.alive(heartbeat);
      case TaskRequest.Acquire acquire -> dispatcher.asked(acquire);
      default -> {}
    }
  }

  /** What came of leases whose time had run out. */
  void ofLeaseEnds(List<Outcome> outcomes, long now) {
    outcomes.forEach(outcome -> handOver(outcome, Event.Cause.LEASE_OVER, now));
  }

  /** The task that its holder has fulfilled by this, or null. */
  private static @Nullable String fulfilled(Command command, Outcome outcome) {
    return command instanceof Command.Asked asked
            && asked.request() instanceof TaskRequest.Fulfill(var id, _, _)
            && outcome.response().isSuccess()
        ? id
        : null;
  }

  private void handOverReason(Command command, Outcome outcome) {
    if (command instanceof Command.Asked asked
        && asked.request() instanceof TaskRequest.Release(var id, _, var reason)
        && reason != null
        && outcome.response().isSuccess()) {
      dispatcher.released(id, reason);
    }
  }

  /** Why a task comes back if a command makes it so. */
  private static Event.Cause cause(Command command) {
    return switch (command) {
      case Command.Client(DebugRequest.Tick _) -> Event.Cause.LEASE_OVER;
      case Command.Asked _, Command.ForgetListeners _ -> Event.Cause.RELEASED;
      case Command.Tick _, Command.EndOverdueLeases _, Command.CutLeases _ ->
          Event.Cause.LEASE_OVER;
      case Command.EndLeases(_, _, Command.Loss loss) ->
          switch (loss) {
            case CONNECTION_LOST -> Event.Cause.CONNECTION_LOST;
            case REPORTED_GONE -> Event.Cause.REPORTED_GONE;
          };
      case Command.EndLease _, Command.RenewOffer _ -> Event.Cause.NOT_ACQUIRED;
    };
  }

  private void handOver(Outcome outcome, Event.Cause cause, long now) {
    dispatcher.because(cause);
    boolean hasFired = false;
    for (Change change : outcome.changes()) {
      switch (change) {
        case Change.PutTask(var before, var after) ->
            extension.moved(before, after, now, dispatcher);
        case Change.Clear _ -> {
          extension.cleared();
          dispatcher.clear();
        }
        case Change.PutSchedule(_, var after) -> hasFired |= after.lastRunAt() != null;
        case Change.PutPromise(var before, var after) -> {
          if (!after.isPending() && (before == null || before.isPending())) {
            dispatcher.settled(after, now);
          }
        }
        case Change.PutCallback _,
            Change.DeleteCallback _,
            Change.PutListener _,
            Change.DeleteListener _,
            Change.DeleteSchedule _ -> {}
      }
    }
    if (hasFired) {
      metrics.schedulePromises(scheduled(outcome.changes()));
    }
    outcome.unblocks().forEach(unblock -> dispatcher.unblock(unblock, now));
  }

  private static int scheduled(List<Change> changes) {
    int count = 0;
    for (Change change : changes) {
      if (change instanceof Change.PutPromise(var before, var after)
          && before == null
          && after.tags().containsKey(Tags.SCHEDULE)) {
        count++;
      }
    }
    return count;
  }
}
