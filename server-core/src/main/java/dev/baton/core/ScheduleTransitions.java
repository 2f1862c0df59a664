package dev.baton.core;

import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What happens to schedules, and what they make happen (protocol section 10). */
final class ScheduleTransitions {

  private static final Response NOT_FOUND = Response.failure(404, "Schedule not found");

  private final RuleSet rules;
  private final PromiseTransitions promises;

  ScheduleTransitions(RuleSet rules, PromiseTransitions promises) {
    this.rules = rules;
    this.promises = promises;
  }

  Response decide(Draft draft, ScheduleRequest request, long now) {
    return switch (request) {
      case ScheduleRequest.Create create -> create(draft, create, now);
      case ScheduleRequest.Update(var definition) -> update(draft, definition, now);
      case ScheduleRequest.Pause(var id) -> pause(draft, id);
      case ScheduleRequest.Resume(var id) -> resume(draft, id, now);
      case ScheduleRequest.Get(var id) -> {
        var schedule = draft.schedule(id);
        yield schedule == null ? NOT_FOUND : answer(schedule);
      }
      case ScheduleRequest.Delete(var id) -> {
        if (draft.schedule(id) == null) {
          yield NOT_FOUND;
        }
        draft.deleteSchedule(id);
        yield Response.ok();
      }
      case ScheduleRequest.Search search -> throw StateMachine.isNoDecision(search);
    };
  }

  private static Response answer(Schedule schedule) {
    return Response.ok(new Response.OfSchedule(schedule.toRecord()));
  }

  /** Section 10.1. */
  private Response create(Draft draft, ScheduleRequest.Create create, long now) {
    var existing = draft.schedule(create.id());
    if (existing != null) {
      return answer(existing);
    }
    var tags = given(create);
    var schedule =
        new Schedule(
            create.id(),
            create.cron(),
            create.promiseId(),
            create.promiseTimeout(),
            create.promiseParam(),
            tags,
            now,
            first(create.cron(), tags, now),
            null);
    draft.put(schedule);
    return answer(schedule);
  }

  /** What waits is the server's to say. */
  private static Map<String, String> given(ScheduleRequest.Create definition) {
    var tags = definition.promiseTags();
    return tags.containsKey(Tags.BUFFERED)
        ? Tags.copy(SchedulePolicy.with(tags, Tags.BUFFERED, null))
        : tags;
  }

  private static long first(String cron, Map<String, String> tags, long now) {
    return SchedulePolicy.of(tags).paused() ? Instants.NEVER : next(cron, now);
  }

  /**
   * Ours: all but its id, when it was created and last ran. Its next occurrence stays if it would
   * come then anyway; one that waits is forgotten.
   */
  private static Response update(Draft draft, ScheduleRequest.Create definition, long now) {
    var before = draft.schedule(definition.id());
    if (before == null) {
      return NOT_FOUND;
    }
    var tags = given(definition);
    boolean goesOn =
        before.cron().equals(definition.cron())
            && !SchedulePolicy.of(before.promiseTags()).paused()
            && !SchedulePolicy.of(tags).paused();
    var after =
        new Schedule(
            definition.id(),
            definition.cron(),
            definition.promiseId(),
            definition.promiseTimeout(),
            definition.promiseParam(),
            tags,
            before.createdAt(),
            goesOn ? before.nextRunAt() : first(definition.cron(), tags, now),
            before.lastRunAt());
    draft.put(after);
    return answer(after);
  }

  /** Ours: what waits is forgotten, what is pending goes on. */
  private static Response pause(Draft draft, String id) {
    var schedule = draft.schedule(id);
    if (schedule == null) {
      return NOT_FOUND;
    }
    if (SchedulePolicy.of(schedule.promiseTags()).paused()) {
      return answer(schedule);
    }
    var tags = SchedulePolicy.with(schedule.promiseTags(), Tags.PAUSED, "true");
    var paused = schedule.with(SchedulePolicy.with(tags, Tags.BUFFERED, null), Instants.NEVER);
    draft.put(paused);
    return answer(paused);
  }

  /** Ours: what was due meanwhile is not made up for. */
  private static Response resume(Draft draft, String id, long now) {
    var schedule = draft.schedule(id);
    if (schedule == null) {
      return NOT_FOUND;
    }
    if (!SchedulePolicy.of(schedule.promiseTags()).paused()) {
      return answer(schedule);
    }
    var resumed =
        schedule.with(
            SchedulePolicy.with(schedule.promiseTags(), Tags.PAUSED, null),
            next(schedule.cron(), now));
    draft.put(resumed);
    return answer(resumed);
  }

  private static long next(String cron, long after) {
    var parsed = Cron.parse(cron);
    return parsed == null ? Instants.NEVER : parsed.next(after);
  }

  /** Section 7.7, step 4: each schedule that is due fires once. */
  void fire(Draft draft, List<String> ids, long now) {
    for (var id : ids) {
      var schedule = draft.schedule(id);
      if (schedule != null && schedule.nextRunAt() <= now) {
        fire(draft, schedule, now);
      }
    }
  }

  /** Section 10.5. */
  private void fire(Draft draft, Schedule due, long now) {
    var schedule = released(draft, due, now);
    long at = schedule.nextRunAt();
    var policy = SchedulePolicy.of(schedule.promiseTags());
    long oldest = policy.oldest(now);
    if (at < oldest) {
      draft.put(schedule.movedTo(next(schedule.cron(), oldest - 1)));
      return;
    }
    if (policy.overlap() != SchedulePolicy.Overlap.ALLOW && isRunning(draft, schedule, now)) {
      boolean waits =
          policy.overlap() == SchedulePolicy.Overlap.BUFFER_ONE && policy.buffered() == null;
      var tags = schedule.promiseTags();
      draft.put(
          schedule.with(
              waits ? SchedulePolicy.with(tags, Tags.BUFFERED, Long.toString(at)) : tags,
              next(schedule.cron(), at)));
      return;
    }
    make(draft, occurrence(schedule, at, at, now), at, now);
    draft.put(schedule.ran(at, next(schedule.cron(), at)));
  }

  /** Whether its last occurrence has not come to an end. */
  private static boolean isRunning(Draft draft, Schedule schedule, long now) {
    var last = schedule.lastRunAt();
    if (last == null) {
      return false;
    }
    try {
      var promise =
          draft.promise(PromiseIdTemplate.fill(schedule.promiseId(), schedule.id(), last));
      return promise != null && promise.isPending() && !promise.isExpired(now);
    } catch (UnreadableException e) {
      return false;
    }
  }

  /** Ours: occurrences of these schedules have been settled; one that waits is made now. */
  void release(Draft draft, Set<String> ids, long now) {
    for (var id : ids) {
      var schedule = draft.schedule(id);
      if (schedule != null) {
        released(draft, schedule, now);
      }
    }
  }

  /** The schedule, whose occurrence that waits has been made if it waits for nothing any more. */
  private Schedule released(Draft draft, Schedule schedule, long now) {
    var at = SchedulePolicy.of(schedule.promiseTags()).buffered();
    if (at == null || isRunning(draft, schedule, now)) {
      return schedule;
    }
    make(draft, occurrence(schedule, at, now, now), now, now);
    var tags = SchedulePolicy.with(schedule.promiseTags(), Tags.BUFFERED, null);
    var released = schedule.with(tags, schedule.nextRunAt()).ran(at, schedule.nextRunAt());
    draft.put(released);
    return released;
  }

  private void make(Draft draft, Promise promise, long since, long now) {
    if (!exists(draft, promise.id())) {
      draft.put(promise);
      var target = promise.target();
      if (target != null) {
        // M6
        long offeredAt = rules.isMain() ? now : since;
        var state =
            promise.isPending()
                ? promises.firstOffer(promise, offeredAt, now)
                : new TaskState.Fulfilled();
        draft.put(new Task(promise.id(), target, 0, state));
      }
    }
  }

  /** What cannot be read is there all the same, and other timers of the tick go on. */
  private static boolean exists(Draft draft, String id) {
    try {
      return draft.promise(id) != null;
    } catch (UnreadableException e) {
      return true;
    }
  }

  /**
   * The promise of an instant.
   *
   * @param createdAt what its deadline counts from
   */
  private static Promise occurrence(Schedule schedule, long at, long createdAt, long now) {
    var id = PromiseIdTemplate.fill(schedule.promiseId(), schedule.id(), at);
    var tags = SchedulePolicy.ofPromises(schedule.promiseTags());
    tags.put(Tags.SCHEDULE, schedule.id());
    for (var lineage : List.of(Tags.ORIGIN, Tags.BRANCH, Tags.PARENT, Tags.PREFIX)) {
      tags.put(lineage, id);
    }
    var promise =
        new Promise(
            id,
            schedule.promiseParam(),
            Tags.copy(tags),
            Instants.plus(createdAt, schedule.promiseTimeoutMs()),
            createdAt,
            PromiseState.Pending.INSTANCE);
    return promise.isExpired(now) ? promise.expired() : promise;
  }
}
