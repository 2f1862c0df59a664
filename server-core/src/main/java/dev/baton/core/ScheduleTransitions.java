package dev.baton.core;

import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import java.util.LinkedHashMap;
import java.util.List;

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
    var schedule =
        new Schedule(
            create.id(),
            create.cron(),
            create.promiseId(),
            create.promiseTimeout(),
            create.promiseParam(),
            create.promiseTags(),
            now,
            next(create.cron(), now),
            null);
    draft.put(schedule);
    return answer(schedule);
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
  private void fire(Draft draft, Schedule schedule, long now) {
    long at = schedule.nextRunAt();
    var promise = occurrence(schedule, at, now);
    if (!exists(draft, promise.id())) {
      draft.put(promise);
      var target = promise.target();
      if (target != null) {
        // M6
        long offeredAt = rules.isMain() ? now : at;
        var state =
            promise.isPending()
                ? promises.firstOffer(promise, offeredAt, now)
                : new TaskState.Fulfilled();
        draft.put(new Task(promise.id(), target, 0, state));
      }
    }
    draft.put(schedule.ran(at, next(schedule.cron(), at)));
  }

  /** What cannot be read is there all the same, and other timers of the tick go on. */
  private static boolean exists(Draft draft, String id) {
    try {
      return draft.promise(id) != null;
    } catch (UnreadableException _) {
      return true;
    }
  }

  private static Promise occurrence(Schedule schedule, long at, long now) {
    var id = PromiseIdTemplate.fill(schedule.promiseId(), schedule.id(), at);
    var tags = new LinkedHashMap<>(schedule.promiseTags());
    tags.put(Tags.SCHEDULE, schedule.id());
    for (var lineage : List.of(Tags.ORIGIN, Tags.BRANCH, Tags.PARENT, Tags.PREFIX)) {
      tags.put(lineage, id);
    }
    var promise =
        new Promise(
            id,
            schedule.promiseParam(),
            Tags.copy(tags),
            Instants.plus(at, schedule.promiseTimeoutMs()),
            at,
            PromiseState.Pending.INSTANCE);
    return promise.isExpired(now) ? promise.expired() : promise;
  }
}
