package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.TaskRequest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Every move has a reason in the command that caused it: nobody acts with an old version. */
final class Reasons {

  private final Predicate<String> mayBeGone;
  private final Predicate<Task> isOver;
  private final Predicate<Task> isKnown;
  private final Predicate<String> isStale;

  /**
   * @param mayBeGone whether there is a reason to think that a process is gone
   * @param isOver whether the time of a task's lease is over
   * @param isKnown whether the holder of a task knows that it holds it
   * @param isStale whether a strict worker let a task pass
   */
  Reasons(
      Predicate<String> mayBeGone,
      Predicate<Task> isOver,
      Predicate<Task> isKnown,
      Predicate<String> isStale) {
    this.mayBeGone = mayBeGone;
    this.isOver = isOver;
    this.isKnown = isKnown;
    this.isStale = isStale;
  }

  void check(State state, Command command, Outcome outcome, long now) {
    TaskRequest.TaskRef claimed = outcome.response().isSuccess() ? claimed(command) : null;
    if (claimed != null) {
      Task task = state.task(claimed.id());
      Ledger.check(
          task != null
              && task.version() == claimed.version()
              && task.state() instanceof TaskState.Acquired,
          "only the holder of its version acts on a task",
          "%s of %s",
          command,
          task);
    }
    for (Change change : outcome.changes()) {
      switch (change) {
        case Change.PutTask(Task before, Task after) when before != null ->
            check(command, before, after, now);
        case Change.PutPromise(Promise before, Promise after)
            when before != null && !after.isPending() ->
            Ledger.check(
                settles(command, after.id()) || after.timeoutAt() <= now,
                "a promise is settled by who names it, or by its deadline",
                "%s by %s",
                after,
                command);
        default -> {}
      }
    }
  }

  private void check(Command command, Task before, Task after, long now) {
    if (!(before.state() instanceof TaskState.Acquired held)) {
      boolean isRenewed =
          before.version() != after.version() && after.state() instanceof TaskState.Pending;
      Ledger.check(
          !isRenewed
              || (command instanceof Command.RenewOffer(String id, long version)
                  && isOf(before, id, version)
                  && isStale.test(id)),
          "an offer is renewed for a reason",
          "%s by %s",
          before,
          command);
      Ledger.check(
          !(after.state() instanceof TaskState.Acquired) || takes(command, before),
          "a task is taken at its version",
          "%s by %s",
          before,
          command);
      return;
    }
    boolean isWarranted =
        switch (after.state()) {
          case TaskState.Pending _ -> mayEnd(command, before, held, now);
          case TaskState.Acquired _ ->
              command instanceof Command.EndOverdueLeases
                  || command instanceof Command.CutLeases
                  || (command instanceof Command.Client(TaskRequest.Heartbeat heartbeat)
                      && heartbeat.pid().equals(held.pid()));
          case TaskState.Suspended _ ->
              command instanceof Command.Client(TaskRequest.Suspend suspend)
                  && suspend.id().equals(before.id());
          case TaskState.Halted _ -> command instanceof Command.Client(TaskRequest.Halt _);
          case TaskState.Fulfilled _ -> true; // Whoever settled the promise had a reason to.
        };
    Ledger.check(
        isWarranted,
        "a lease ends for a reason",
        "%s becomes %s by %s",
        before,
        after.state(),
        command);
  }

  /** The task that a command acts on as its holder, and the version it claims to hold. */
  private static TaskRequest.@Nullable TaskRef claimed(Command command) {
    return switch (command) {
      case Command.Client(TaskRequest.Fence fence) ->
          new TaskRequest.TaskRef(fence.id(), fence.version());
      case Command.Client(TaskRequest.Fulfill fulfill) ->
          new TaskRequest.TaskRef(fulfill.id(), fulfill.version());
      case Command.Client(TaskRequest.Suspend suspend) ->
          new TaskRequest.TaskRef(suspend.id(), suspend.version());
      case Command.Client(TaskRequest.Release release) ->
          new TaskRequest.TaskRef(release.id(), release.version());
      default -> null;
    };
  }

  private boolean mayEnd(Command command, Task task, TaskState.Acquired held, long now) {
    return switch (command) {
      case Command.EndOverdueLeases _ -> held.leaseExpiresAt() <= now && isOver.test(task);
      case Command.EndLeases(String pid, _, _) -> held.pid().equals(pid) && mayBeGone.test(pid);
      case Command.EndLease(String id, long version, long acquiredAt, _) ->
          isOf(task, id, version) && held.acquiredAt() == acquiredAt && !isKnown.test(task);
      case Command.Client(TaskRequest.Release release) ->
          isOf(task, release.id(), release.version());
      default -> false;
    };
  }

  private static boolean takes(Command command, Task task) {
    return switch (command) {
      case Command.Client(TaskRequest.Acquire acquire) ->
          isOf(task, acquire.id(), acquire.version());
      case Command.Client(TaskRequest.Create create) -> create.action().id().equals(task.id());
      default -> false;
    };
  }

  private static boolean settles(Command command, String id) {
    return command instanceof Command.Client(Request request)
        && switch (request) {
          case PromiseRequest.Settle settle -> settle.id().equals(id);
          case TaskRequest.Fulfill fulfill -> fulfill.id().equals(id);
          case TaskRequest.Fence fence -> id.equals(fence.action().id());
          default -> false;
        };
  }

  private static boolean isOf(Task task, String id, long version) {
    return task.id().equals(id) && task.version() == version;
  }
}
