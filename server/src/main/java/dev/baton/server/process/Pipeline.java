package dev.baton.server.process;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the pipeline: each decides a batch of commands by the rules, makes the changes of
 * all of them durable in one transaction, and only then answers and dispatches. It owns the storage
 * and the dispatcher. It has no thread and reads no clock, so it can be stepped by hand; one thread
 * at a time may do so.
 */
public final class Pipeline {

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  /** How long a store that failed is left alone when only timers want it. */
  private static final long RECOVER_AFTER_MS = 1_000;

  /** Answers to what was written so shortly before an interruption may not have arrived. */
  private static final long UNHEARD_MS = 250;

  private final Storage storage;
  private final Rules rules;
  private final Dispatcher dispatcher;
  private final EngineMetrics metrics;
  private final Extension extension;
  private final List<Runnable> afterEach = new ArrayList<>();
  private Runnable whenAnswered = () -> {};
  private final List<Command> own = new ArrayList<>();
  private boolean paused;
  private long now;
  private long heardFrom;

  /** How many calls came before what is due became due and are still to be decided. */
  private int callsBefore;

  private boolean isBehind;
  private long storageDueAt;
  private volatile boolean isHealthy = true;
  private volatile long usualSaveNanos;

  /** A pipeline without extension. */
  public Pipeline(Storage storage, Rules rules, Dispatcher dispatcher, EngineMetrics metrics) {
    this(storage, rules, dispatcher, metrics, Extension.NONE);
  }

  public Pipeline(
      Storage storage,
      Rules rules,
      Dispatcher dispatcher,
      EngineMetrics metrics,
      Extension extension) {
    this.storage = storage;
    this.rules = rules;
    this.dispatcher = dispatcher;
    this.metrics = metrics;
    this.extension = extension;
  }

  /**
   * Hands the dispatcher what the store knows. To be called once, before the first step.
   *
   * @param at epoch milliseconds
   */
  public void open(long at) {
    now = at;
    heardFrom = at;
    storage.groupSlots().forEach(dispatcher::slots);
    long interruptedAt = storage.interruptedAt();
    storage.replay(
        task -> {
          extension.moved(null, task, now, dispatcher);
          if (interruptedAt != 0 && isDoubtful(task, interruptedAt) && extension.mayDoubt(task)) {
            dispatcher.doubt(task);
          }
        },
        unblock -> dispatcher.unblock(unblock, now));
    extension.opened(now, dispatcher);
    storageDueAt =
        storage.transact(rows -> {
          // The clock may have been set back since the leases were granted.
          rows.save(rules.decide(rows.state(), new Command.CutLeases(), at).changes());
          return rows.nextDueAt();
        });
  }

  /** Before this instant heartbeats may be sent in vain: leases last their full length from it. */
  void heardFrom(long instant) {
    heardFrom = instant;
  }

  private static boolean isDoubtful(Task task, long interruptedAt) {
    return task.state() instanceof TaskState.Acquired held
        && held.acquiredAt() >= interruptedAt - UNHEARD_MS;
  }

  /** Calls something after each step. Before the first step only. */
  public void afterEach(Runnable action) {
    afterEach.add(action);
  }

  /** Calls something between the answers of a step and its messages. Before the first step only. */
  void whenAnswered(Runnable action) {
    whenAnswered = action;
  }

  /** The instant of the step at hand. */
  public long now() {
    return now;
  }

  /** Whether the last transaction could be saved. Any thread may ask. */
  public boolean isHealthy() {
    return isHealthy;
  }

  /** How long transactions that changed something have lately taken. Any thread may ask. */
  long usualSaveNanos() {
    return usualSaveNanos;
  }

  /**
   * Whether a step that does this and nothing else is known to be a small one: nothing is due, and
   * the store is as it should be.
   */
  boolean isSmall(Work work, long at) {
    return isHealthy && nextDueAt() > at && SmallWork.is(work, storage.live());
  }

  /** When a step has something to do by itself; {@code Long.MAX_VALUE} if nothing is planned. */
  public long nextDueAt() {
    long due = dispatcher.nextDueAt();
    return paused ? due : Math.min(due, storageDueAt);
  }

  /**
   * Does what waits and what is due.
   *
   * @param actions what is to be done before the transaction, one after the other until null
   * @param at epoch milliseconds, not before that of the last step
   * @param waiting how many more calls have come
   * @param isLast whether nothing may be put off
   */
  public void step(
      List<CommandCall> calls,
      Supplier<? extends @Nullable Runnable> actions,
      long at,
      int waiting,
      boolean isLast) {
    step(calls, List.of(), actions, at, waiting, isLast);
  }

  /** The same, with scripts; they are run before the commands that are asked for. */
  public void step(
      List<CommandCall> calls,
      List<ScriptCall<?>> scripts,
      Supplier<? extends @Nullable Runnable> actions,
      long at,
      int waiting,
      boolean isLast) {
    long started = System.nanoTime();
    now = at;
    for (Runnable action = actions.get(); action != null; action = actions.get()) {
      perform(action);
    }
    int size = calls.size() + scripts.size();
    lookBehind(size, waiting);
    own.addAll(dispatcher.takeCommands(now, size > 0 || !own.isEmpty() || isLast));
    transact(calls, scripts);
    if (!isBehind) {
      // What is due means that somebody was not heard: those who have come are heard first.
      dispatcher.fire(now);
      transactAgain();
    }
    dispatcher.pump(now);
    afterEach.forEach(Runnable::run);
    if (size > 0) {
      metrics.batch(size, System.nanoTime() - started);
    }
  }

  private void transactAgain() {
    if (isHealthy) {
      own.addAll(dispatcher.takeCommands(now, !own.isEmpty()));
      if (!own.isEmpty()) {
        transact(List.of(), List.of());
      }
    }
  }

  /** Whether calls that came before what is due became due have yet to be decided. */
  private void lookBehind(int size, int waiting) {
    if (nextDueAt() > now) {
      isBehind = false;
    } else if (isBehind) {
      callsBefore -= size;
      isBehind = callsBefore > 0;
    } else {
      callsBefore = waiting;
      isBehind = waiting > 0;
    }
  }

  private static void perform(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("Something beside a transaction failed", e);
    }
  }

  /** What a script came to: the outcomes of its requests, and how to tell its result. */
  private record ScriptOutcome(List<Request> requests, List<Outcome> outcomes, Runnable reply) {}

  /** The decided commands of a transaction, in order. */
  private record Decided(
      List<Outcome> own,
      List<ScriptOutcome> scriptOutcomes,
      List<Outcome> callOutcomes,
      List<Outcome> leaseEnds,
      long dueAt) {

    boolean hasChanges() {
      return hasChanges(own)
          || hasChanges(callOutcomes)
          || hasChanges(leaseEnds)
          || scriptOutcomes.stream().anyMatch(script -> hasChanges(script.outcomes()));
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

  private void transact(List<CommandCall> calls, List<ScriptCall<?>> scripts) {
    boolean isTickDue = !paused && storageDueAt <= now;
    if (calls.isEmpty() && scripts.isEmpty() && own.isEmpty() && !isTickDue) {
      return;
    }
    List<Command> first = new ArrayList<>(own);
    own.clear();
    if (isTickDue) {
      first.add(new Command.Tick(false, false));
    }
    boolean endsLeases = isTickDue && !isBehind;
    Decided decided;
    long began = System.nanoTime();
    try {
      decided = storage.transact(rows -> decide(rows, first, scripts, calls, endsLeases));
      isHealthy = true;
    } catch (RuntimeException | VirtualMachineError e) {
      fail(e, first, scripts, calls);
      return;
    }
    storageDueAt = decided.dueAt();
    if (decided.hasChanges()) {
      usualSaveNanos += (System.nanoTime() - began - usualSaveNanos) / 8;
    }
    // Answers first: whatever happens later, nobody waits in vain.
    for (ScriptOutcome script : decided.scriptOutcomes()) {
      perform(script.reply());
    }
    for (int i = 0; i < calls.size(); i++) {
      answer(calls.get(i), decided.callOutcomes().get(i).response());
    }
    whenAnswered.run();
    decided.own().forEach(this::settleWithDispatcher);
    for (ScriptOutcome script : decided.scriptOutcomes()) {
      script.outcomes().forEach(this::settleWithDispatcher);
      script.requests().forEach(this::noteRequest);
    }
    for (int i = 0; i < calls.size(); i++) {
      settleWithDispatcher(decided.callOutcomes().get(i));
      if (calls.get(i).command() instanceof Command.Client(var request)) {
        noteRequest(request);
      }
    }
    decided.leaseEnds().forEach(this::settleWithDispatcher);
  }

  private static void answer(CommandCall call, Response response) {
    try {
      call.reply().accept(response);
    } catch (RuntimeException e) {
      LOG.error("An answer could not be handed over", e);
    }
  }

  private Decided decide(
      Rows rows,
      List<Command> first,
      List<ScriptCall<?>> scripts,
      List<CommandCall> calls,
      boolean endsLeases) {
    List<Outcome> ownOutcomes = new ArrayList<>(first.size());
    for (Command command : first) {
      ownOutcomes.add(decide(rows, command, now));
    }
    List<ScriptOutcome> scriptOutcomes = new ArrayList<>(scripts.size());
    for (ScriptCall<?> script : scripts) {
      scriptOutcomes.add(run(rows, script));
    }
    List<Outcome> callOutcomes = new ArrayList<>(calls.size());
    for (CommandCall call : calls) {
      Long debugTime = call.debugTime();
      callOutcomes.add(decide(rows, call.command(), debugTime == null ? now : debugTime));
    }
    List<Outcome> leaseEnds =
        endsLeases
            ? List.of(decide(rows, new Command.EndOverdueLeases(heardFrom), now))
            : List.of();
    return new Decided(ownOutcomes, scriptOutcomes, callOutcomes, leaseEnds, rows.nextDueAt());
  }

  private ScriptOutcome run(Rows rows, ScriptCall<?> script) {
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
            Outcome outcome = Pipeline.this.decide(rows, new Command.Client(request), now);
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

  private Outcome decide(Rows rows, Command command, long at) {
    Outcome outcome;
    try {
      outcome = rules.decide(rows.state(), command, at);
    } catch (StorageException e) {
      throw e;
    } catch (UnreadableException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("The rules failed at {}", command, e);
      return failed("the rules failed; see the server's log");
    }
    rows.save(outcome.changes());
    List<Command> entailed = entailed(rows.state(), outcome);
    return entailed.isEmpty() ? outcome : withEntailed(rows, outcome, entailed, at);
  }

  private static Outcome failed(String reason) {
    return new Outcome(Response.failure(500, "Internal error: " + reason), List.of(), List.of());
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

  private void settleWithDispatcher(Outcome outcome) {
    boolean hasFired = false;
    for (Change change : outcome.changes()) {
      switch (change) {
        case Change.PutTask(var before, var after) ->
            extension.moved(before, after, now, dispatcher);
        case Change.Clear _ -> {
          extension.cleared();
          dispatcher.clear();
        }
        case Change.PutSchedule(var after) -> hasFired |= after.lastRunAt() != null;
        case Change.PutPromise _,
            Change.PutCallback _,
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

  /** What a request means beside what it changes. */
  private void noteRequest(Request request) {
    switch (request) {
      case DebugRequest.Start _ -> pause(true);
      case DebugRequest.Stop _ -> pause(false);
      case TaskRequest.Heartbeat heartbeat -> dispatcher.alive(heartbeat);
      case TaskRequest.Acquire acquire -> dispatcher.asked(acquire);
      default -> {}
    }
  }

  private void pause(boolean on) {
    paused = on;
    dispatcher.pause(on, now);
  }

  private void fail(
      Throwable e, List<Command> first, List<ScriptCall<?>> scripts, List<CommandCall> calls) {
    LOG.error(
        "A transaction of {} commands could not be saved",
        first.size() + scripts.size() + calls.size(),
        e);
    isHealthy = false;
    heardFrom = now; // Heartbeats may have been among it.
    for (Command command : first) {
      if (!(command instanceof Command.Tick)) {
        own.add(command);
      }
    }
    storageDueAt = now + RECOVER_AFTER_MS; // What was due is still due.
    String reason =
        e instanceof StorageException ? e.getMessage() : "it failed; see the server's log";
    Response response = Response.failure(500, "Internal error: " + reason);
    calls.forEach(call -> answer(call, response));
    scripts.forEach(script -> perform(script.failed()));
  }
}
