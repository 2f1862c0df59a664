package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server has saved and said, kept beside the server. It knows what may never happen to
 * promises, tasks and callbacks, whoever decided it.
 */
final class Ledger {

  /** Everything that has been saved. */
  final Disk truth = new Disk();

  private final Map<String, Long> granted = new HashMap<>();
  private final Occurrences occurrences = new Occurrences(truth);

  // What has been saved.

  /** A transaction has been saved. */
  void saved(List<Change> changes) {
    Set<String> settled = new LinkedHashSet<>();
    Set<String> awaiters = new LinkedHashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Change.PutPromise(Promise before, Promise after) -> {
          put(before, after);
          if (!after.isPending()) {
            settled.add(after.id());
          }
        }
        case Change.PutTask(Task before, Task after) -> {
          put(before, after);
          awaiters.add(after.id());
        }
        case Change.DeleteCallback(_, String awaiter) -> awaiters.add(awaiter);
        case Change.DeleteListener(String awaited, _) ->
            check(
                truth.promises.get(awaited) instanceof Promise known && !known.isPending(),
                "a listener is forgotten only when it has been told",
                "%s is pending",
                awaited);
        default -> {}
      }
      truth.apply(change);
    }
    settled.forEach(this::checkSettled);
    awaiters.forEach(this::checkAwaiter);
    occurrences.saved(changes);
  }

  private void put(@Nullable Promise before, Promise after) {
    Promise known = truth.promises.get(after.id());
    check(
        before == null || known == null ? before == known : Disk.whole(before, known).equals(known),
        "a decision builds on what is stored",
        "promise %s is %s, not %s",
        after.id(),
        known,
        before);
    check(
        known == null || known.isPending() || known.equals(Disk.whole(after, known)),
        "a settled promise never changes",
        "%s becomes %s",
        known,
        after);
  }

  private void put(@Nullable Task before, Task after) {
    Task known = truth.tasks.get(after.id());
    check(
        Objects.equals(before, known),
        "a decision builds on what is stored",
        "task %s is %s, not %s",
        after.id(),
        known,
        before);
    long version = known == null ? 0 : known.version();
    boolean isTaken =
        after.state() instanceof TaskState.Acquired
            && (known == null || !(known.state() instanceof TaskState.Acquired));
    boolean isRenewed =
        after.version() > version
            && known != null
            && known.state() instanceof TaskState.Pending
            && after.state() instanceof TaskState.Pending;
    check(
        after.version() == version + (isTaken || isRenewed ? 1 : 0),
        "a version rises by one when a task is taken or offered anew, and never else",
        "%s becomes %s",
        known,
        after);
    check(
        known == null || mayBecome(known.state(), after.state()),
        "a task moves as the protocol's table has it",
        "%s becomes %s",
        known,
        after);
  }

  private static boolean mayBecome(TaskState from, TaskState to) {
    return switch (from) {
      case TaskState.Pending _ -> !(to instanceof TaskState.Suspended);
      case TaskState.Acquired(String pid, _, _, _) ->
          !(to instanceof TaskState.Acquired next) || next.pid().equals(pid);
      case TaskState.Suspended _, TaskState.Halted _ ->
          to instanceof TaskState.Pending
              || to instanceof TaskState.Halted
              || to instanceof TaskState.Fulfilled;
      case TaskState.Fulfilled _ -> false;
    };
  }

  private void checkSettled(String id) {
    Task task = truth.tasks.get(id);
    check(
        task == null || task.state() instanceof TaskState.Fulfilled,
        "the task of a settled promise is fulfilled",
        "%s",
        task);
    check(
        !truth.waiting.containsKey(id),
        "nobody waits for a settled promise",
        "%s is settled; %s still wait",
        id,
        truth.waiting.get(id));
  }

  private void checkAwaiter(String id) {
    Task task = truth.tasks.get(id);
    if (task == null) {
      return;
    }
    Map<String, Boolean> callbacks = truth.callbacks.getOrDefault(id, Map.of());
    switch (task.state()) {
      case TaskState.Suspended _ ->
          check(
              callbacks.containsValue(false),
              "a suspended task waits for something",
              "%s waits for nothing that is pending: %s",
              id,
              callbacks);
      case TaskState.Fulfilled _ ->
          check(callbacks.isEmpty(), "a fulfilled task waits for nothing", "%s: %s", id, callbacks);
      case TaskState.Pending _, TaskState.Acquired _, TaskState.Halted _ -> {}
    }
  }

  // What has been said.

  /** An answer leaves; its transaction has been saved. */
  void answered(Response response) {
    check(
        response.status() != 500 || !response.toString().contains("the rules failed"),
        "the rules never fail",
        "%s",
        response);
    look(response.body());
  }

  private void look(Response.Body body) {
    switch (body) {
      case Response.OfPromise(PromiseRecord promise) -> look(promise);
      case Response.OfTask(TaskRecord task) -> look(task);
      case Response.Acquired(
              TaskRecord task,
              PromiseRecord promise,
              List<PromiseRecord> preload) -> {
        look(task);
        look(promise);
        preload.forEach(this::look);
        grant(task);
      }
      case Response.Preload(List<PromiseRecord> preload) -> preload.forEach(this::look);
      case Response.Fenced(_, Response action, List<PromiseRecord> preload) -> {
        look(action.body());
        preload.forEach(this::look);
      }
      case Response.PromisePage(List<PromiseRecord> promises, _) -> promises.forEach(this::look);
      case Response.TaskPage(List<TaskRecord> tasks, _) -> tasks.forEach(this::look);
      case Response.OfSchedule _,
          Response.SchedulePage _,
          Response.Failure _,
          Response.Empty _,
          Response.Ticked _,
          Response.Snapshot _ -> {}
    }
  }

  /** Checks a promise that the server has shown to somebody. */
  void look(PromiseRecord said) {
    Promise known = truth.promises.get(said.id());
    check(
        known != null && (!said.isSettled() || said.equals(known.toRecord())),
        "what is said has been saved",
        "said: %s; saved: %s",
        said,
        known);
  }

  private void look(TaskRecord said) {
    Task known = truth.tasks.get(said.id());
    check(
        known != null && said.version() <= known.version(),
        "what is said has been saved",
        "said: %s; saved: %s",
        said,
        known);
  }

  private void grant(TaskRecord task) {
    if (task.state() == TaskRecord.State.ACQUIRED) {
      Long before = granted.put(task.id(), task.version());
      check(
          before == null || before < task.version(),
          "a version has one holder",
          "%s is granted after version %d",
          task,
          before);
    }
  }

  // What is there after a restart.

  /** Compares what a store shows with what has been saved. */
  void compare(State state, Reader reader) {
    String lost = "what was saved is there after a restart";
    truth.promises.forEach((id, promise) -> equal(lost, promise, state.wholePromise(id)));
    truth.tasks.forEach((id, task) -> equal(lost, task, state.task(id)));
    for (Promise promise : truth.promises.values()) {
      String id = promise.id();
      Map<String, Boolean> callbacks = truth.callbacks.getOrDefault(id, Map.of());
      Set<String> awaited = new LinkedHashSet<>();
      Set<String> fired = new LinkedHashSet<>();
      callbacks.forEach((other, isFired) -> (isFired ? fired : awaited).add(other));
      equal(lost, awaited, state.awaitedBy(id));
      equal(lost, fired, state.firedFor(id));
      equal(lost, truth.waiting.getOrDefault(id, Set.of()), state.awaitersOf(id));
      equal(lost, truth.listenersOf(id), state.listenersOf(id));
    }
    for (Schedule schedule : truth.schedules.values()) {
      equal(lost, schedule, state.schedule(schedule.id()));
    }
    Portion<Promise> promises = Portion.unlimited();
    reader.promises(Query.Promises.ALL, null, promises);
    equal(lost, List.copyOf(truth.promises.values()), promises.found());
    Portion<Reader.TaskRow> tasks = Portion.unlimited();
    reader.tasks(Query.Tasks.ALL, null, tasks);
    equal(
        lost,
        List.copyOf(truth.tasks.values()),
        tasks.found().stream().map(Reader.TaskRow::task).toList());
    Portion<Schedule> schedules = Portion.unlimited();
    reader.schedules(Query.Schedules.ALL, null, schedules);
    equal(lost, List.copyOf(truth.schedules.values()), schedules.found());
  }

  private static void equal(String invariant, Object expected, @Nullable Object found) {
    if (!expected.equals(found)) {
      throw new Violation(invariant, "saved: %s; there: %s".formatted(expected, found));
    }
  }

  /** The format is only made text if there is something to say. */
  static void check(boolean holds, String invariant, String format, @Nullable Object... found) {
    if (!holds) {
      throw new Violation(invariant, format.formatted(found));
    }
  }
}
