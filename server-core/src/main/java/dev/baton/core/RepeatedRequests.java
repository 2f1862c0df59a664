package dev.baton.core;

import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import org.jspecify.annotations.Nullable;

/**
 * Requests about a task's version that an owner before this one may have done, which was lost
 * before it answered. The second of two is refused where the first was done; whether that is so
 * shows in what is stored.
 */
final class RepeatedRequests {

  private static final int CONFLICT = 409;

  private final TaskTransitions tasks;

  RepeatedRequests(TaskTransitions tasks) {
    this.tasks = tasks;
  }

  /**
   * Does it, or answers it as done if it was.
   *
   * @param lostAt what has happened from that instant on was not asked for by it, epoch
   *     milliseconds
   */
  Response decide(Draft draft, TaskRequest request, long lostAt, long now) {
    var answer = tasks.decide(draft, request, now);
    if (answer.status() != CONFLICT) {
      return answer;
    }
    var asDone =
        switch (request) {
          case TaskRequest.Acquire acquire -> acquired(draft, acquire, lostAt, now);
          case TaskRequest.Fulfill fulfill -> fulfilled(draft, fulfill);
          case TaskRequest.Suspend suspend -> suspended(draft, suspend);
          // On offer at its version is a task also when its lease has ended, or what it waited for
          // was settled.
          case TaskRequest.Release ignored -> null;
          // That its version is not held any more says nothing about the action in it.
          case TaskRequest.Fence ignored -> null;
          case TaskRequest.Get ignored -> null;
          case TaskRequest.Search ignored -> null;
          case TaskRequest.Create ignored -> null;
          case TaskRequest.Heartbeat ignored -> null;
          case TaskRequest.Halt ignored -> null;
          case TaskRequest.Continue ignored -> null;
        };
    return asDone == null ? answer : asDone;
  }

  /**
   * The process holds what it has asked for, and has not heard of it. Not what the present owner
   * has let it have, or the one before since the request was lost there: that was asked for by
   * another, for an offer that was made again. The lease begins anew, as it would have begun with
   * the first answer.
   */
  private @Nullable Response acquired(
      Draft draft, TaskRequest.Acquire acquire, long lostAt, long now) {
    var promise = draft.promise(acquire.id());
    var task = draft.task(acquire.id());
    if (promise == null
        || task == null
        || task.version() != acquire.version() + 1
        || !(task.state() instanceof TaskState.Acquired held)
        || !held.pid().equals(acquire.pid())
        || held.acquiredAt() >= lostAt) {
      return null;
    }
    var again = TaskState.Acquired.at(now, acquire.pid(), acquire.ttl());
    return tasks.hold(draft, task.with(again), promise);
  }

  /**
   * The promise has the outcome that its holder has given, at the holder's version. Before its
   * deadline somebody has settled it; at its deadline it has settled itself.
   */
  private static @Nullable Response fulfilled(Draft draft, TaskRequest.Fulfill fulfill) {
    var promise = draft.promise(fulfill.id());
    var task = draft.task(fulfill.id());
    if (promise == null
        || task == null
        || task.version() != fulfill.version()
        || !(task.state() instanceof TaskState.Fulfilled)
        || !(promise.state() instanceof PromiseState.Settled settled)
        || settled.as() != fulfill.action().state()
        || settled.settledAt() >= promise.timeoutAt()) {
      return null;
    }
    var record = draft.record(promise);
    return record.value().equals(fulfill.action().value())
        ? Response.ok(new Response.OfPromise(record))
        : null;
  }

  /** The task is suspended at that version, and waits for all that it was to wait for. */
  private static @Nullable Response suspended(Draft draft, TaskRequest.Suspend suspend) {
    var task = draft.task(suspend.id());
    if (task == null
        || task.version() != suspend.version()
        || !(task.state() instanceof TaskState.Suspended)) {
      return null;
    }
    for (var action : suspend.actions()) {
      if (!draft.awaitersOf(action.awaited()).contains(suspend.id())) {
        return null;
      }
    }
    return Response.ok();
  }
}
