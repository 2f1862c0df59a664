package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.protocol.Tags;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What schedules make and leave out, kept beside the server by what their tags say. */
final class Occurrences {

  /** What the ids of their promises look like. */
  static final String ID_TEMPLATE = "{{.id}}.{{.timestamp}}";

  private final Disk truth;

  /** The ids of what each schedule has made since it was created. */
  private final Map<String, Set<String>> made = new HashMap<>();

  Occurrences(Disk truth) {
    this.truth = truth;
  }

  /** A schedule has moved: what it made was due, what it left out had a reason. */
  static void decided(State state, Outcome outcome, long now) {
    for (Change change : outcome.changes()) {
      if (change instanceof Change.PutSchedule(_, Schedule after)
          && state.schedule(after.id()) instanceof Schedule before) {
        moved(state, outcome, before, after, now);
      }
    }
  }

  private static void moved(
      State state, Outcome outcome, Schedule before, Schedule after, long now) {
    Long at = after.lastRunAt();
    String window = before.promiseTags().get(Tags.CATCHUP_WINDOW);
    long oldest = window == null ? Long.MIN_VALUE : now - Long.parseLong(window);
    if (at != null && !at.equals(before.lastRunAt())) {
      Ledger.check(
          at >= oldest || at.toString().equals(before.promiseTags().get(Tags.BUFFERED)),
          "an occurrence that was missed for too long is left out",
          "%s makes that of %d at %d",
          before,
          at,
          now);
      Ledger.check(
          state.promise(id(after, at)) != null || created(outcome, id(after, at)),
          "an occurrence that a schedule says it has made is there",
          "%s",
          after);
    } else if (after.nextRunAt() != before.nextRunAt()) {
      Ledger.check(
          before.nextRunAt() < oldest || (mayNotOverlap(before) && isRunning(state, before)),
          "an occurrence is left out, or waits, for a reason",
          "%s becomes %s at %d",
          before,
          after,
          now);
    }
  }

  private static boolean created(Outcome outcome, String id) {
    return outcome.changes().stream()
        .anyMatch(change ->
            change instanceof Change.PutPromise(Promise before, Promise after)
                && before == null
                && after.id().equals(id));
  }

  private static boolean isRunning(State state, Schedule schedule) {
    Long last = schedule.lastRunAt();
    return last != null
        && state.promise(id(schedule, last)) instanceof Promise promise
        && promise.isPending();
  }

  private static boolean mayNotOverlap(Schedule schedule) {
    return schedule.promiseTags().get(Tags.OVERLAP) instanceof String overlap
        && !overlap.equals("allow");
  }

  private static String id(Schedule schedule, long at) {
    return ID_TEMPLATE
        .replace("{{.id}}", schedule.id())
        .replace("{{.timestamp}}", Long.toString(at));
  }

  /** A transaction has been saved, and is in the truth. */
  void saved(List<Change> changes) {
    Set<String> touched = new LinkedHashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Change.PutPromise(Promise before, Promise after)
            when after.tags().get(Tags.SCHEDULE) instanceof String schedule -> {
          Set<String> others = made.get(schedule);
          if (before == null && others != null) {
            others.add(after.id());
          }
          touched.add(schedule);
        }
        case Change.PutSchedule(_, Schedule after) -> {
          Set<String> others = made.computeIfAbsent(after.id(), _ -> new LinkedHashSet<>());
          if (after.lastRunAt() != null) {
            others.add(id(after, after.lastRunAt())); // It may be there from an earlier life.
          }
          touched.add(after.id());
        }
        case Change.DeleteSchedule(String id) -> made.remove(id);
        default -> {}
      }
    }
    touched.forEach(id -> check(truth.schedules.get(id)));
  }

  private void check(@Nullable Schedule schedule) {
    if (schedule == null || !mayNotOverlap(schedule)) {
      return;
    }
    List<String> pending =
        made.getOrDefault(schedule.id(), Set.of()).stream().filter(this::isPending).toList();
    Ledger.check(
        pending.size() <= 1,
        "occurrences that may not overlap do not",
        "%s has made %s",
        schedule,
        pending);
    Ledger.check(
        !schedule.promiseTags().containsKey(Tags.BUFFERED) || !pending.isEmpty(),
        "an occurrence that waits waits for the one before",
        "%s has nothing that is pending",
        schedule);
  }

  private boolean isPending(String id) {
    return truth.promises.get(id) instanceof Promise promise && promise.isPending();
  }
}
