package dev.baton.server.process;

import dev.baton.core.Command;
import dev.baton.core.State;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;

/**
 * Which work is known to cost little before it is done: an event loop may do that, and keeps others
 * waiting for no longer than a commit takes. What depends on how much somebody has stored, such as
 * the other promises of a branch, is not known.
 */
final class SmallWork {

  /** How many tasks, listeners or leases. */
  private static final int FEW = 16;

  private static final int FEW_CHARACTERS = 65_536;

  private SmallWork() {}

  /**
   * Whether it is small.
   *
   * @param live what is live in memory; of the rest nothing is asked
   */
  static boolean is(Work work, State live) {
    return switch (work) {
      case CommandCall call ->
          call.command() instanceof Command.Client(Request request) && is(request, live);
      case ScriptCall<?> _ -> false;
    };
  }

  private static boolean is(Request request, State live) {
    return switch (request) {
      case PromiseRequest promise -> is(promise, live);
      case TaskRequest task -> is(task, live);
      case ScheduleRequest.Create create -> is(create.promiseParam());
      case ScheduleRequest.Update(ScheduleRequest.Create definition) ->
          is(definition.promiseParam());
      case ScheduleRequest.Pause _,
          ScheduleRequest.Resume _,
          ScheduleRequest.Get _,
          ScheduleRequest.Delete _ ->
          true;
      case ScheduleRequest.Search _, DebugRequest _ -> false;
    };
  }

  private static boolean is(PromiseRequest request, State live) {
    return switch (request) {
      case PromiseRequest.Create create -> is(create.param());
      case PromiseRequest.Settle settle -> is(settle, live);
      case PromiseRequest.Get _,
          PromiseRequest.RegisterCallback _,
          PromiseRequest.RegisterListener _ ->
          true;
      case PromiseRequest.Search _ -> false;
    };
  }

  private static boolean is(TaskRequest request, State live) {
    return switch (request) {
      case TaskRequest.Get _, TaskRequest.Release _, TaskRequest.Halt _, TaskRequest.Continue _ ->
          true;
      // Nothing can be in the branch of a root that is new.
      case TaskRequest.Create create ->
          is(create.action().param())
              && create.action().id().equals(create.action().tags().get(Tags.BRANCH))
              && live.promise(create.action().id()) == null;
      // Before it was taken for the first time, nobody has worked in its branch.
      case TaskRequest.Acquire acquire -> acquire.version() == 0;
      case TaskRequest.Fulfill fulfill -> is(fulfill.action(), live);
      case TaskRequest.Fence fence -> !fence.preload() && is(fence.action(), live);
      case TaskRequest.Heartbeat heartbeat ->
          heartbeat.tasks().isEmpty()
              ? live.heldBy(heartbeat.pid()).size() <= FEW
              : heartbeat.tasks().size() <= FEW;
      // May answer with the whole branch.
      case TaskRequest.Suspend _ -> false;
      case TaskRequest.Search _ -> false;
    };
  }

  private static boolean is(TaskRequest.FenceAction action, State live) {
    return switch (action) {
      case TaskRequest.FenceAction.Create(var create) -> is(create.param());
      case TaskRequest.FenceAction.Settle(var settle) -> is(settle, live);
      case TaskRequest.FenceAction.OutOfReach _, TaskRequest.FenceAction.Malformed _ -> true;
    };
  }

  private static boolean is(PromiseRequest.Settle settle, State live) {
    return is(settle.value())
        && live.awaitersOf(settle.id()).size() + live.listenersOf(settle.id()).size() <= FEW;
  }

  private static boolean is(Value value) {
    return value.data() == null || value.data().length() <= FEW_CHARACTERS;
  }
}
