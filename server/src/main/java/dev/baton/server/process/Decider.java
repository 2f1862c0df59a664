package dev.baton.server.process;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.State;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what waits by the rules, one after the other, each seeing what those before it did. What
 * fails by itself is answered so, and hurts nobody else; only a store that fails ends it.
 */
final class Decider {

  private static final Logger LOG = LoggerFactory.getLogger(Decider.class);

  private final Rules rules;

  /** How long schedules wait for room before it is looked for again. */
  private static final long RUNS_RETRY_MS = 1_000;

  private static final Response NO_ROOM_FOR_THE_ANSWER =
      Response.failure(
          503, "There is no room for the answer beside those that others have not read yet");

  private final Extension extension;
  private final LiveBudget budget;

  Decider(Rules rules, Extension extension, LiveBudget budget) {
    this.rules = rules;
    this.extension = extension;
    this.budget = budget;
  }

  /**
   * What one transaction decides, in this order.
   *
   * @param own the pipeline's own commands
   * @param endsLeases whether leases end whose time has run out
   */
  record Batch(
      List<Command> own, List<ScriptCall<?>> scripts, List<CommandCall> calls, boolean endsLeases) {

    int size() {
      return own.size() + scripts.size() + calls.size() + (endsLeases ? 1 : 0);
    }

    /** Whether clients ask for all of it, and without scripts. */
    boolean isOnlyCalls() {
      return own.isEmpty() && scripts.isEmpty() && !endsLeases;
    }

    /** What clients ask for in it, scripts apart. */
    List<Request> requests() {
      List<Request> requests = new ArrayList<>(calls.size());
      for (CommandCall call : calls) {
        if (call.command() instanceof Command.Asked asked) {
          requests.add(asked.request());
        }
      }
      return requests;
    }

    /** The same, each by itself. */
    List<Batch> singly() {
      List<Batch> singles = new ArrayList<>(size());
      own.forEach(command -> singles.add(new Batch(List.of(command), List.of(), List.of(), false)));
      scripts.forEach(
          script -> singles.add(new Batch(List.of(), List.of(script), List.of(), false)));
      calls.forEach(call -> singles.add(new Batch(List.of(), List.of(), List.of(call), false)));
      if (endsLeases) {
        singles.add(new Batch(List.of(), List.of(), List.of(), true));
      }
      return singles;
    }
  }

  /** What a script came to: the outcomes of its requests, and how to tell its result. */
  record ScriptOutcome(List<Request> requests, List<Outcome> outcomes, Runnable reply) {}

  /** What a batch came to, in its order. */
  record Decided(
      List<Outcome> own,
      List<ScriptOutcome> scripts,
      List<Outcome> calls,
      List<Outcome> leaseEnds,
      long dueAt) {

    boolean hasChanges() {
      return hasChanges(own)
          || hasChanges(calls)
          || hasChanges(leaseEnds)
          || scripts.stream().anyMatch(script -> hasChanges(script.outcomes()));
    }

    /** Whether tasks move by what no client asks for. */
    boolean movesTasksItself() {
      return movesTasks(own) || movesTasks(leaseEnds);
    }

    private static boolean movesTasks(List<Outcome> outcomes) {
      for (Outcome outcome : outcomes) {
        for (Change change : outcome.changes()) {
          if (change instanceof Change.PutTask) {
            return true;
          }
        }
      }
      return false;
    }

    private static boolean hasChanges(List<Outcome> outcomes) {
      for (Outcome outcome : outcomes) {
        if (!outcome.changes().isEmpty()) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Decides a batch.
   *
   * @param heardFrom since when the server can hear heartbeats
   */
  Decided decide(Rows rows, Batch batch, long now, long heardFrom) {
    List<Outcome> own = new ArrayList<>(batch.own().size());
    for (Command command : batch.own()) {
      own.add(decide(rows, command, now));
    }
    List<ScriptOutcome> scripts = new ArrayList<>(batch.scripts().size());
    for (ScriptCall<?> script : batch.scripts()) {
      scripts.add(run(rows, script, now));
    }
    List<Outcome> calls = new ArrayList<>(batch.calls().size());
    for (CommandCall call : batch.calls()) {
      calls.add(decide(rows, call, now));
    }
    List<Outcome> leaseEnds =
        batch.endsLeases()
            ? List.of(decide(rows, new Command.EndOverdueLeases(heardFrom), now))
            : List.of();
    return new Decided(own, scripts, calls, leaseEnds, dueAt(rows, now));
  }

  private long dueAt(Rows rows, long now) {
    long dueAt = rows.nextDueAt();
    return dueAt > now || budget.hasRoomToBegin(rows.liveBytes())
        ? dueAt
        : Math.max(dueAt, Math.min(rows.nextDueAt(false), now + RUNS_RETRY_MS));
  }

  private static long instant(CommandCall call, long now) {
    Long debugTime = call.debugTime();
    return debugTime == null ? now : debugTime;
  }

  /** Answers calls that change nothing; the others are refused. */
  List<Response> read(Rows rows, List<CommandCall> calls, long now, Response refusal) {
    List<Response> responses = new ArrayList<>(calls.size());
    for (CommandCall call : calls) {
      Outcome outcome = outcome(rows, call.command(), instant(call, now));
      Response response = outcome.changes().isEmpty() ? outcome.response() : refusal;
      responses.add(call.reply().hasRoomFor(response, false) ? response : NO_ROOM_FOR_THE_ANSWER);
    }
    return responses;
  }

  private ScriptOutcome run(Rows rows, ScriptCall<?> script, long now) {
    if (!script.reply().hasRoom()) {
      return new ScriptOutcome(List.of(), List.of(), script.failed());
    }
    List<Request> requests = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    Script.Transaction transaction =
        new Script.Transaction() {
          @Override
          public State state() {
            return rows.state();
          }

          @Override
          public long now() {
            return now;
          }

          @Override
          public Response decide(Request request) {
            Outcome outcome = Decider.this.decide(rows, new Command.Client(request), now);
            requests.add(request);
            outcomes.add(outcome);
            return outcome.response();
          }
        };
    try {
      return new ScriptOutcome(requests, outcomes, script.run(transaction));
    } catch (StorageException e) {
      throw e;
    } catch (UnreadableException _) {
      return new ScriptOutcome(requests, outcomes, script.failed());
    } catch (RuntimeException e) {
      LOG.error("A script failed", e);
      return new ScriptOutcome(requests, outcomes, script.failed());
    }
  }

  private Outcome decide(Rows rows, CommandCall call, long now) {
    long at = instant(call, now);
    Outcome outcome = withinBudget(rows, call.command(), outcome(rows, call.command(), at));
    return call.reply().hasRoomFor(outcome.response(), !outcome.changes().isEmpty())
        ? save(rows, outcome, at)
        : refused(NO_ROOM_FOR_THE_ANSWER);
  }

  private Outcome decide(Rows rows, Command command, long at) {
    return save(rows, withinBudget(rows, command, outcome(rows, command, at)), at);
  }

  private Outcome withinBudget(Rows rows, Command command, Outcome outcome) {
    Response refusal =
        budget.refusal(command, outcome.changes(), rows.liveBytes(), rows.scheduleBytes());
    return refusal == null ? outcome : refused(refusal);
  }

  private static Outcome refused(Response refusal) {
    return new Outcome(refusal, List.of(), List.of());
  }

  private Outcome save(Rows rows, Outcome outcome, long at) {
    rows.save(outcome.changes());
    List<Command> entailed = entailed(rows.state(), outcome);
    return entailed.isEmpty() ? outcome : withEntailed(rows, outcome, entailed, at);
  }

  private Outcome outcome(Rows rows, Command command, long at) {
    try {
      return rules.decide(rows.state(), command, at);
    } catch (StorageException e) {
      throw e;
    } catch (UnreadableException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("The rules failed at {}", command, e);
      return failed("the rules failed; see the server's log");
    }
  }

  private static Outcome failed(String reason) {
    return refused(Response.failure(500, "Internal error: " + reason));
  }

  private List<Command> entailed(State state, Outcome outcome) {
    try {
      return extension.entailed(state, outcome);
    } catch (UnreadableException e) {
      LOG.error("What follows from a command cannot be told: {}", e.getMessage());
      return List.of();
    }
  }

  private Outcome withEntailed(Rows rows, Outcome outcome, List<Command> entailed, long at) {
    List<Change> changes = new ArrayList<>(outcome.changes());
    List<Outcome.Unblock> unblocks = new ArrayList<>(outcome.unblocks());
    for (Command command : entailed) {
      Outcome further = decide(rows, command, at);
      changes.addAll(further.changes());
      unblocks.addAll(further.unblocks());
    }
    return new Outcome(outcome.response(), changes, unblocks);
  }
}
