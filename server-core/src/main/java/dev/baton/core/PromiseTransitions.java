package dev.baton.core;

import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to promises, and to whoever waits for them (protocol sections 7 and 8). */
final class PromiseTransitions {

  static final Response NOT_FOUND = Response.failure(404, "Promise not found");
  private static final Response AWAITED_NOT_FOUND =
      Response.failure(404, "Awaited promise not found");
  private static final Response AWAITER_NOT_FOUND =
      Response.failure(422, "Awaiter promise not found");
  private static final Response AWAITER_WITHOUT_TARGET =
      Response.failure(422, "Awaiter promise has no resonate:target tag");

  private final RuleSet rules;

  PromiseTransitions(RuleSet rules) {
    this.rules = rules;
  }

  /** Section 8, without searches. */
  Response decide(Draft draft, PromiseRequest request, long now) {
    return switch (request) {
      case PromiseRequest.Get(var id) -> {
        touch(draft, id, now);
        yield answer(draft, draft.promise(id));
      }
      case PromiseRequest.Create create -> {
        touch(draft, create.id(), now);
        yield answer(draft, create(draft, create, now));
      }
      case PromiseRequest.Settle settle -> {
        touch(draft, settle.id(), now);
        yield settle(draft, settle, now);
      }
      case PromiseRequest.RegisterCallback callback -> registerCallback(draft, callback, now);
      case PromiseRequest.RegisterListener listener -> registerListener(draft, listener, now);
      case PromiseRequest.Search search -> throw StateMachine.isNoDecision(search);
    };
  }

  private static Response answer(Draft draft, @Nullable Promise promise) {
    return promise == null ? NOT_FOUND : Response.ok(new Response.OfPromise(draft.record(promise)));
  }

  /** Section 7.1 for one promise. */
  void touch(Draft draft, String id, long now) {
    touch(draft, List.of(id), now);
  }

  /** Section 7.1: deadlines are applied before anything else is looked at. */
  void touch(Draft draft, List<String> ids, long now) {
    var expired = new ArrayList<Promise>(0);
    for (var id : ids) {
      // Of what is not pending nothing is read, unless the rules ask for it later.
      var promise = draft.isPending(id) ? draft.promise(id) : null;
      if (promise != null && promise.isExpired(now)) {
        var settled = promise.expired();
        conclude(draft, settled);
        expired.add(settled);
      }
    }
    // Only now, so that no task that is finished in this very step is woken up.
    for (var settled : expired) {
      announce(draft, settled, now);
    }
  }

  /** Section 7.7, step 1. */
  void expire(Draft draft, List<String> ids, long now) {
    touch(draft, rules.isMain() ? withTarget(draft, ids) : ids, now);
  }

  /** M1: the clock leaves promises without target alone. */
  private static List<String> withTarget(Draft draft, List<String> ids) {
    return ids.stream()
        .filter(id -> {
          var promise = draft.promise(id);
          return promise != null && promise.target() != null;
        })
        .toList();
  }

  /** Section 8.2, after the touch; returns the promise as it now is. */
  Promise create(Draft draft, PromiseRequest.Create create, long now) {
    var existing = draft.promise(create.id());
    if (existing != null) {
      return existing;
    }
    var promise = newPromise(create, now);
    draft.put(promise);
    var target = promise.target();
    if (target != null) {
      var state = promise.isPending() ? firstOffer(promise, now, now) : new TaskState.Fulfilled();
      draft.put(new Task(promise.id(), target, 0, state));
    }
    return promise;
  }

  /** Pending, or, if its deadline has passed, born settled. */
  static Promise newPromise(PromiseRequest.Create create, long now) {
    var promise =
        new Promise(
            create.id(),
            create.param(),
            create.tags(),
            create.timeoutAt(),
            Math.min(now, create.timeoutAt()),
            PromiseState.Pending.INSTANCE);
    return promise.isExpired(now) ? promise.expired() : promise;
  }

  /**
   * A new task's state: offered, or, while the promise's delay lasts, waiting for the first offer.
   * A sleep, which some SDKs give a target, is nobody's work: its deadline ends it unoffered.
   *
   * @param offeredAt what the retry timer counts from
   */
  TaskState firstOffer(Promise promise, long offeredAt, long now) {
    if (promise.isSleep() && !rules.isMain()) {
      // A worker can only drop it, and would hold its lease for nothing until the deadline.
      return new TaskState.Pending(promise.timeoutAt(), false);
    }
    var delay = rules.isMain() ? null : promise.delay();
    return delay != null && now < delay
        ? new TaskState.Pending(delay, false)
        : rules.offered(offeredAt);
  }

  /** Section 8.3, after the touch. */
  Response settle(Draft draft, PromiseRequest.Settle settle, long now) {
    var promise = draft.promise(settle.id());
    if (promise != null && promise.isPending()) {
      promise = promise.settled(new PromiseState.Settled(settle.state(), settle.value(), now));
      conclude(draft, promise);
      announce(draft, promise, now);
    }
    return answer(draft, promise);
  }

  /** Section 7.2, the settled promise's own side. */
  private static void conclude(Draft draft, Promise settled) {
    draft.put(settled);
    var task = draft.task(settled.id());
    if (task != null && !(task.state() instanceof TaskState.Fulfilled)) {
      draft.put(task.with(new TaskState.Fulfilled()));
      draft.forgetCallbacksOf(settled.id());
    }
  }

  /** Section 7.2, the side of those who wait for it. */
  private void announce(Draft draft, Promise settled, long now) {
    for (var awaiter : List.copyOf(draft.awaitersOf(settled.id()))) {
      draft.fire(settled.id(), awaiter);
      var task = draft.task(awaiter);
      if (task != null && task.state() instanceof TaskState.Suspended) {
        draft.put(task.with(rules.offered(now)));
      }
    }
    draft.unblock(settled);
    var schedule = settled.tags().get(Tags.SCHEDULE);
    if (schedule != null) {
      draft.occurrenceEnded(schedule);
    }
  }

  /** Section 8.4. */
  private Response registerCallback(
      Draft draft, PromiseRequest.RegisterCallback callback, long now) {
    touch(draft, List.of(callback.awaited(), callback.awaiter()), now);
    var awaited = draft.promise(callback.awaited());
    if (awaited == null) {
      return AWAITED_NOT_FOUND;
    }
    var awaiter = draft.promise(callback.awaiter());
    if (awaiter == null) {
      return AWAITER_NOT_FOUND;
    }
    var task = draft.task(awaiter.id());
    if (task == null) {
      return AWAITER_WITHOUT_TARGET;
    }
    if (awaited.isPending()) {
      if (awaiter.isPending()) {
        draft.await(awaited.id(), awaiter.id());
      }
      return answer(draft, awaited);
    }
    switch (task.state()) {
      case TaskState.Suspended ignored -> {
        draft.fire(awaited.id(), awaiter.id());
        draft.put(task.with(rules.offered(now)));
      }
      case TaskState.Pending pending -> draft.fire(awaited.id(), awaiter.id());
      case TaskState.Acquired ignored -> draft.fire(awaited.id(), awaiter.id());
      case TaskState.Halted halted -> {}
      case TaskState.Fulfilled ignored -> {}
    }
    return answer(draft, awaited);
  }

  /** Section 8.5. */
  private Response registerListener(
      Draft draft, PromiseRequest.RegisterListener listener, long now) {
    touch(draft, listener.awaited(), now);
    var awaited = draft.promise(listener.awaited());
    if (awaited == null) {
      return AWAITED_NOT_FOUND;
    }
    if (awaited.isPending()) {
      draft.listen(awaited.id(), listener.address());
    }
    return answer(draft, awaited);
  }
}
