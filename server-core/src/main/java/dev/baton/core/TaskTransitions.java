package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to tasks (protocol section 9). */
final class TaskTransitions {

  private static final Response NOT_FOUND = Response.failure(404, "Task not found");
  private static final Response NOT_PENDING = Response.failure(409, "Task is not pending");
  private static final Response VERSION_MISMATCH = Response.failure(409, "Version mismatch");
  private static final Response NOT_HELD_AT_VERSION =
      Response.failure(409, "Task version mismatch or invalid state");
  private static final Response NOT_SUSPENDABLE =
      Response.failure(409, "Task is not acquired or version mismatch");
  private static final Response FULFILLED = Response.failure(409, "Task is fulfilled");
  private static final Response NOT_HALTED = Response.failure(409, "Task is not halted");
  private static final Response ALREADY_EXISTS = Response.failure(409, "Already exists");
  private static final Response AWAITED_NOT_FOUND =
      Response.failure(422, "Awaited promise not found");
  private static final Response WITHOUT_TARGET =
      Response.failure(422, "The promise does not have a resonate:target tag");
  private static final Response EXISTS_WITHOUT_TARGET =
      Response.failure(422, "Promise exists without a target task");

  private final RuleSet rules;
  private final RequestRules requestRules;
  private final PromiseTransitions promises;

  TaskTransitions(RuleSet rules, PromiseTransitions promises) {
    this.rules = rules;
    this.requestRules = new RequestRules(rules.profile());
    this.promises = promises;
  }

  Response decide(Draft draft, TaskRequest request, long now) {
    return switch (request) {
      case TaskRequest.Get(var id) -> get(draft, id, now);
      case TaskRequest.Create create -> create(draft, create, now);
      case TaskRequest.Acquire acquire -> acquire(draft, acquire, now);
      case TaskRequest.Release release -> release(draft, release, now);
      case TaskRequest.Fulfill fulfill -> fulfill(draft, fulfill, now);
      case TaskRequest.Suspend suspend -> suspend(draft, suspend, now);
      case TaskRequest.Fence fence -> fence(draft, fence, now);
      case TaskRequest.Heartbeat heartbeat -> heartbeat(draft, heartbeat, now);
      case TaskRequest.Halt(var id) -> halt(draft, id, now);
      case TaskRequest.Continue(var id) -> resume(draft, id, now);
      case TaskRequest.Search search -> throw StateMachine.isNoDecision(search);
    };
  }

  private Response get(Draft draft, String id, long now) {
    promises.touch(draft, id, now);
    var task = draft.task(id);
    return task == null
        ? NOT_FOUND
        : Response.ok(new Response.OfTask(task.toRecord(draft.firedFor(id).size())));
  }

  /** Section 9.2. */
  private Response create(Draft draft, TaskRequest.Create create, long now) {
    var id = create.action().id();
    promises.touch(draft, id, now);
    var promise = draft.promise(id);
    if (promise == null) {
      return createNew(draft, create, now);
    }
    var task = draft.task(id);
    if (task == null) {
      return rules.isMain() ? WITHOUT_TARGET : EXISTS_WITHOUT_TARGET;
    }
    return switch (task.state()) {
      case TaskState.Pending ignored -> take(draft, task, promise, create.pid(), create.ttl(), now);
      case TaskState.Fulfilled ignored -> acquired(draft, task, promise, List.of());
      case TaskState.Acquired acquired -> ALREADY_EXISTS;
      case TaskState.Suspended suspended -> ALREADY_EXISTS;
      case TaskState.Halted ignored -> ALREADY_EXISTS;
    };
  }

  private Response createNew(Draft draft, TaskRequest.Create create, long now) {
    var promise = PromiseTransitions.newPromise(create.action(), now);
    var target = promise.target();
    if (target == null) {
      return WITHOUT_TARGET;
    }
    draft.put(promise);
    if (!promise.isPending()) {
      var task = new Task(promise.id(), target, 0, new TaskState.Fulfilled());
      draft.put(task);
      return acquired(draft, task, promise, List.of());
    }
    var task =
        new Task(promise.id(), target, 1, TaskState.Acquired.at(now, create.pid(), create.ttl()));
    draft.put(task);
    return acquired(draft, task, promise, preload(draft, promise));
  }

  /** Section 9.3. */
  private Response acquire(Draft draft, TaskRequest.Acquire acquire, long now) {
    promises.touch(draft, acquire.id(), now);
    var promise = draft.promise(acquire.id());
    var task = draft.task(acquire.id());
    if (promise == null || task == null) {
      return NOT_FOUND;
    }
    return switch (task.state()) {
      case TaskState.Pending pending when task.version() == acquire.version() ->
          take(draft, task, promise, acquire.pid(), acquire.ttl(), now);
      case TaskState.Pending ignored -> VERSION_MISMATCH;
      case TaskState.Acquired acquired -> NOT_PENDING;
      case TaskState.Suspended suspended -> NOT_PENDING;
      case TaskState.Halted halted -> NOT_PENDING;
      case TaskState.Fulfilled ignored -> NOT_PENDING;
    };
  }

  private Response take(Draft draft, Task task, Promise promise, String pid, long ttl, long now) {
    return hold(draft, task.taken(TaskState.Acquired.at(now, pid, ttl)), promise);
  }

  /** A task is held from now on: its holder is told all that it begins with. */
  Response hold(Draft draft, Task held, Promise promise) {
    draft.put(held);
    draft.forgetFired(held.id());
    return acquired(draft, held, promise, preload(draft, promise));
  }

  private static Response acquired(
      Draft draft, Task task, Promise promise, List<PromiseRecord> preload) {
    return Response.ok(
        new Response.Acquired(
            task.toRecord(draft.firedFor(task.id()).size()), draft.record(promise), preload));
  }

  /** Section 7.6. */
  private List<PromiseRecord> preload(Draft draft, Promise promise) {
    var branch = promise.branch();
    if (branch == null) {
      return List.of();
    }
    var others = draft.branch(branch, promise.id(), rules.preloadBytes());
    return others.isEmpty() ? List.of() : others.stream().map(Promise::toRecord).toList();
  }

  /** Section 9.4. */
  private Response release(Draft draft, TaskRequest.Release release, long now) {
    promises.touch(draft, release.id(), now);
    var task = draft.task(release.id());
    if (task == null) {
      return NOT_FOUND;
    }
    if (!task.isHeldAt(release.version())) {
      return NOT_HELD_AT_VERSION;
    }
    draft.put(task.with(rules.offered(now)));
    return Response.ok();
  }

  /** Section 9.5. */
  private Response fulfill(Draft draft, TaskRequest.Fulfill fulfill, long now) {
    promises.touch(draft, fulfill.id(), now);
    var task = draft.task(fulfill.id());
    if (task == null) {
      return NOT_FOUND;
    }
    return task.isHeldAt(fulfill.version())
        ? promises.settle(draft, fulfill.action(), now)
        : NOT_HELD_AT_VERSION;
  }

  /** Section 9.6. */
  private Response suspend(Draft draft, TaskRequest.Suspend suspend, long now) {
    var awaited = new LinkedHashSet<String>();
    for (var action : suspend.actions()) {
      awaited.add(action.awaited());
    }
    var touched = new ArrayList<String>(awaited.size() + 1);
    touched.add(suspend.id());
    touched.addAll(awaited);
    promises.touch(draft, touched, now);
    var task = draft.task(suspend.id());
    var promise = draft.promise(suspend.id());
    if (task == null || promise == null) {
      return NOT_FOUND;
    }
    if (!task.isHeldAt(suspend.version())) {
      return NOT_SUSPENDABLE;
    }
    int settled = 0;
    for (var id : awaited) {
      if (draft.isPending(id)) {
        continue;
      }
      if (settled == StateMachine.SETTLED_PER_SUSPENSION) {
        break; // It does not wait anyway.
      }
      if (!draft.has(id)) {
        return AWAITED_NOT_FOUND;
      }
      settled++;
    }
    draft.forgetFired(task.id());
    if (settled > 0) {
      return new Response(300, new Response.Preload(preload(draft, promise)));
    }
    for (var id : awaited) {
      draft.await(id, task.id());
    }
    draft.put(task.with(new TaskState.Suspended()));
    return Response.ok();
  }

  /** Section 9.7: what is wrong with the inner action is told before what is with the task. */
  private Response fence(Draft draft, TaskRequest.Fence fence, long now) {
    var inner = fence.action().id();
    promises.touch(draft, inner == null ? List.of(fence.id()) : List.of(fence.id(), inner), now);
    var refusal =
        switch (fence.action()) {
          case FenceAction.Malformed(var id, var text) -> Response.failure(400, text);
          case FenceAction.Create(var create) -> requestRules.check(create, null);
          case FenceAction.Settle(var settle) -> requestRules.check(settle, null);
          case FenceAction.OutOfReach(var settle) -> requestRules.check(settle, null);
        };
    if (refusal == null) {
      refusal = notFenced(draft, fence);
    }
    if (refusal != null) {
      return refusal;
    }
    return switch (fence.action()) {
      case FenceAction.Malformed(var id, var text) -> Response.failure(400, text);
      case FenceAction.Create(var create) -> {
        var created = promises.create(draft, create, now);
        yield fenced(
            draft, fence, create, Response.ok(new Response.OfPromise(draft.record(created))));
      }
      case FenceAction.Settle(var settle) ->
          fenced(draft, fence, settle, promises.settle(draft, settle, now));
      case FenceAction.OutOfReach(var settle) ->
          fenced(draft, fence, settle, PromiseTransitions.NOT_FOUND);
    };
  }

  private static @Nullable Response notFenced(Draft draft, TaskRequest.Fence fence) {
    var task = draft.task(fence.id());
    if (task == null) {
      return NOT_FOUND;
    }
    return task.isHeldAt(fence.version()) ? null : VERSION_MISMATCH;
  }

  private Response fenced(
      Draft draft, TaskRequest.Fence fence, PromiseRequest action, Response answer) {
    var promise = fence.preload() ? draft.promise(fence.id()) : null;
    return Response.ok(
        new Response.Fenced(
            action.kind(), answer, promise == null ? List.of() : preload(draft, promise)));
  }

  /** Section 9.8. */
  private Response heartbeat(Draft draft, TaskRequest.Heartbeat heartbeat, long now) {
    if (heartbeat.tasks().isEmpty()) {
      // The rules of the main branch let no empty batch through.
      for (var id : List.copyOf(draft.state().heldBy(heartbeat.pid()))) {
        extend(draft, draft.task(id), heartbeat.pid(), now);
      }
    }
    var held = draft.state().heldBy(heartbeat.pid());
    for (var listed : heartbeat.tasks()) {
      // Of what it does not hold nothing is read: a body has room for tens of thousands.
      var task = held.contains(listed.id()) ? draft.task(listed.id()) : null;
      if (task != null && task.version() == listed.version()) {
        extend(draft, task, heartbeat.pid(), now);
      }
    }
    return Response.ok();
  }

  private static void extend(Draft draft, @Nullable Task task, String pid, long now) {
    if (task != null && task.state() instanceof TaskState.Acquired held && held.pid().equals(pid)) {
      draft.put(task.with(held.renewed(now)));
    }
  }

  /** Section 9.9. */
  private Response halt(Draft draft, String id, long now) {
    promises.touch(draft, id, now);
    var task = draft.task(id);
    if (task == null) {
      return NOT_FOUND;
    }
    return switch (task.state()) {
      case TaskState.Fulfilled ignored -> FULFILLED;
      case TaskState.Halted ignored -> Response.ok();
      case TaskState.Pending pending -> {
        draft.put(task.with(new TaskState.Halted()));
        yield Response.ok();
      }
      case TaskState.Acquired acquired -> {
        draft.put(task.with(new TaskState.Halted()));
        yield Response.ok();
      }
      case TaskState.Suspended ignored -> {
        draft.put(task.with(new TaskState.Halted()));
        yield Response.ok();
      }
    };
  }

  /** Section 9.9, task.continue. */
  private Response resume(Draft draft, String id, long now) {
    promises.touch(draft, id, now);
    var task = draft.task(id);
    if (task == null) {
      return NOT_FOUND;
    }
    if (!(task.state() instanceof TaskState.Halted)) {
      return NOT_HALTED;
    }
    draft.put(task.with(rules.offered(now)));
    return Response.ok();
  }

  /** Section 7.7, step 2. */
  void retry(Draft draft, List<String> ids, boolean withRetries, long now) {
    for (var id : ids) {
      var task = draft.task(id);
      if (task != null
          && task.state() instanceof TaskState.Pending(var retryAt, var offered)
          && retryAt <= now
          && (withRetries || !offered)) {
        draft.put(task.with(rules.offered(now)));
      }
    }
  }

  /**
   * Section 7.7, step 3. A lease whose holder the server could not hear all the time goes on.
   *
   * @param heardFrom since when the server can hear, epoch milliseconds
   */
  void endLeases(Draft draft, List<String> ids, long heardFrom, long now) {
    for (var id : ids) {
      var task = draft.task(id);
      if (task != null
          && task.state() instanceof TaskState.Acquired held
          && held.leaseExpiresAt() <= now) {
        long endsAt = held.endsAt(heardFrom);
        draft.put(task.with(endsAt <= now ? rules.offered(now) : held.until(endsAt)));
      }
    }
  }

  /** Leases that would last longer than their full length from now are cut to it. */
  void cutLeases(Draft draft, long now) {
    for (var id : draft.state().held()) {
      var task = draft.task(id);
      if (task != null && task.state() instanceof TaskState.Acquired held) {
        var renewed = held.renewed(now);
        if (held.leaseExpiresAt() > renewed.leaseExpiresAt()) {
          draft.put(task.with(renewed));
        }
      }
    }
  }

  /** One lease ends, whoever holds it; the deadline is applied first. */
  void endLease(Draft draft, Command.EndLease lease, long now) {
    promises.touch(draft, List.of(lease.taskId()), now);
    var task = draft.task(lease.taskId());
    if (task != null
        && task.version() == lease.version()
        && task.state() instanceof TaskState.Acquired held
        && held.acquiredAt() == lease.acquiredAt()
        && held.leaseExpiresAt() == lease.expiresAt()) {
      draft.put(task.with(rules.offered(now)));
    }
  }

  /** The leases of a process that is gone end; its deadlines are applied first. */
  void endLeases(Draft draft, String pid, String reach, long now) {
    var held = draft.state().heldBy(pid).stream().filter(id -> id.startsWith(reach)).toList();
    promises.touch(draft, held, now);
    for (var id : held) {
      var task = draft.task(id);
      if (task != null
          && task.state() instanceof TaskState.Acquired lease
          && lease.pid().equals(pid)) {
        draft.put(task.with(rules.offered(now)));
      }
    }
  }

  /** As if the task had been taken and given back: who was offered it before is too late. */
  void renewOffer(Draft draft, String id, long version, long now) {
    promises.touch(draft, id, now);
    var task = draft.task(id);
    if (task != null && task.version() == version && task.state() instanceof TaskState.Pending) {
      draft.put(new Task(id, task.target(), version + 1, rules.offered(now)));
    }
  }
}
