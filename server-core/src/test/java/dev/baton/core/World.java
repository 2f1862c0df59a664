package dev.baton.core;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state, the rules, and a clock that is set by hand. */
final class World {

  static final String TARGET = "poll://any@g";
  static final long RETRY_MS = 30_000;

  final MemoryState state;
  final List<Outcome.Unblock> unblocks = new ArrayList<>();
  private final RequestRules requestRules;
  private final StateMachine machine;
  long now;

  World() {
    this(Profile.RELEASE);
  }

  World(Profile profile) {
    this(profile, new MemoryState(profile));
  }

  World(Profile profile, MemoryState state) {
    this.state = state;
    requestRules = new RequestRules(profile);
    machine = new StateMachine(new RuleSet(profile, RETRY_MS));
  }

  /** Sends a request as a client would. */
  Response send(Request request) {
    var refusal = requestRules.check(request, null);
    if (refusal != null) {
      return refusal;
    }
    return request instanceof BulkRead read
        ? Reading.answer(read, RuleSet.DEFAULT, state.reader())
        : run(new Command.Client(request)).response();
  }

  Outcome run(Command command) {
    var outcome = machine.decide(state, command, now);
    state.apply(outcome.changes());
    unblocks.addAll(outcome.unblocks());
    Invariants.check(state);
    return outcome;
  }

  /** All promises, by id. */
  List<Promise> promises() {
    return promises(state);
  }

  /** All tasks, by id. */
  List<Task> tasks() {
    return tasks(state);
  }

  static List<Promise> promises(MemoryState state) {
    var all = Portion.<Promise>unlimited();
    state.reader().promises(Query.Promises.ALL, null, all);
    return all.found();
  }

  static List<Task> tasks(MemoryState state) {
    var all = Portion.<Reader.TaskRow>unlimited();
    state.reader().tasks(Query.Tasks.ALL, null, all);
    return all.found().stream().map(Reader.TaskRow::task).toList();
  }

  void tick() {
    run(new Command.Tick(false));
  }

  static Map<String, String> tags(String... namesAndValues) {
    var tags = new HashMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tags.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return tags;
  }

  static PromiseRequest.Create create(String id, long timeoutAt, String... tags) {
    return new PromiseRequest.Create(id, timeoutAt, Value.EMPTY, tags(tags));
  }

  static PromiseRequest.Create createWithTarget(String id, long timeoutAt) {
    return create(id, timeoutAt, Tags.TARGET, TARGET);
  }

  static PromiseRequest.Settle settle(String id, PromiseRecord.State state) {
    return new PromiseRequest.Settle(id, state, Value.ofData("v"));
  }

  static PromiseRequest.Settle resolve(String id) {
    return settle(id, PromiseRecord.State.RESOLVED);
  }

  static TaskRequest.Suspend suspend(String id, long version, String... awaited) {
    return new TaskRequest.Suspend(
        id,
        version,
        List.of(awaited).stream()
            .map(other -> new PromiseRequest.RegisterCallback(other, id))
            .toList());
  }

  /** A promise in one line: state, and when it was settled. */
  String promise(String id) {
    return describe(state.promise(id));
  }

  static String describe(@Nullable Promise promise) {
    if (promise == null) {
      return "none";
    }
    return switch (promise.state()) {
      case PromiseState.Pending _ -> "pending";
      case PromiseState.Settled(var as, _, var at) -> as.wire() + " at " + at;
    };
  }

  /** A task in one line: state, version, resumes if any, timer if any. */
  String task(String id) {
    var task = state.task(id);
    if (task == null) {
      return "none";
    }
    var line =
        switch (task.state()) {
          case TaskState.Pending(var retryAt, var offered) ->
              "pending v%d " + (offered ? "retry " : "delay ") + retryAt;
          case TaskState.Acquired(_, _, var leaseExpiresAt, _) ->
              "acquired v%d lease " + leaseExpiresAt;
          case TaskState.Suspended _ -> "suspended v%d";
          case TaskState.Halted _ -> "halted v%d";
          case TaskState.Fulfilled _ -> "fulfilled v%d";
        };
    int resumes = state.firedFor(id).size();
    return line.formatted(task.version()) + (resumes == 0 ? "" : " resumes " + resumes);
  }

  /** An answer in one line: status, text of a refusal. */
  static String describe(Response response) {
    return response.body() instanceof Response.Failure(var text)
        ? response.status() + " " + text
        : Integer.toString(response.status());
  }
}
