package dev.baton.core;

import dev.baton.core.Outcome.Unblock;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A state in the making: reads see what one command has already changed. */
final class Draft {

  /** What has become of a callback. */
  private enum Mark {
    WAITING,
    FIRED,
    GONE
  }

  /** What the command knows under one id. */
  private static final class Slot {
    private final @Nullable Promise before;
    private @Nullable Promise promise;
    private boolean isTaskLoaded;
    private @Nullable Task taskBefore;
    private @Nullable Task task;

    private Slot(@Nullable Promise before) {
      this.before = before;
      this.promise = before;
    }
  }

  private final State state;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>(4);

  // Most commands have none of these.
  private Map<String, Map<String, Mark>> marksByAwaited = Map.of();
  private Map<String, Map<String, Mark>> marksByAwaiter = Map.of();
  private Map<String, @Nullable Schedule> schedules = Map.of();
  private List<Unblock> unblocks = List.of();
  private Set<String> ended = Set.of();

  Draft(State state) {
    this.state = state;
  }

  /** The state as it was before the command. */
  State state() {
    return state;
  }

  private Slot slot(String id) {
    var slot = slots.get(id);
    if (slot == null) {
      slot = new Slot(state.promise(id));
      slots.put(id, slot);
    }
    return slot;
  }

  @Nullable Promise promise(String id) {
    return slot(id).promise;
  }

  /** Whether there is a promise of that id. It is not read for that, nor kept. */
  boolean has(String id) {
    var slot = slots.get(id);
    return slot == null ? state.has(id) : slot.promise != null;
  }

  /** Whether there is a pending promise of that id. */
  boolean isPending(String id) {
    var slot = slots.get(id);
    return slot == null ? state.isPending(id) : slot.promise != null && slot.promise.isPending();
  }

  void put(Promise promise) {
    slot(promise.id()).promise = promise;
  }

  @Nullable Task task(String id) {
    return withTask(id).task;
  }

  void put(Task task) {
    withTask(task.id()).task = task;
  }

  private Slot withTask(String id) {
    var slot = slot(id);
    if (!slot.isTaskLoaded) {
      slot.isTaskLoaded = true;
      // No task without a promise.
      slot.taskBefore = slot.before == null ? null : state.task(id);
      slot.task = slot.taskBefore;
    }
    return slot;
  }

  /** The promises of a branch but one, whole, by id, as far as there is room. */
  List<Promise> branch(String branch, String except, long room) {
    var stored = state.branch(branch, except, room);
    TreeMap<String, Promise> merged = null;
    long left = room;
    for (var slot : slots.values()) {
      var promise = slot.promise;
      if (promise != null
          && promise != slot.before
          && branch.equals(promise.branch())
          && !except.equals(promise.id())) {
        if (merged == null) {
          merged = new TreeMap<>(IdOrder.INSTANCE);
          for (var other : stored) {
            merged.put(other.id(), other);
            left -= State.roomFor(other);
          }
        }
        var outdated = merged.remove(promise.id());
        left += outdated == null ? 0 : State.roomFor(outdated);
        if (State.roomFor(promise) <= left) {
          merged.put(promise.id(), state.whole(promise));
          left -= State.roomFor(promise);
        }
      }
    }
    return merged == null ? stored : List.copyOf(merged.values());
  }

  /** A promise as it crosses the wire. */
  PromiseRecord record(Promise promise) {
    return state.whole(promise).toRecord();
  }

  /** The awaiters of waiting callbacks on a promise. */
  Set<String> awaitersOf(String awaited) {
    return marked(state.awaitersOf(awaited), marksByAwaited.get(awaited), Mark.WAITING);
  }

  /** The awaited promises of a task's fired callbacks. */
  Set<String> firedFor(String awaiter) {
    return marked(state.firedFor(awaiter), marksByAwaiter.get(awaiter), Mark.FIRED);
  }

  private Set<String> awaitedBy(String awaiter) {
    return marked(state.awaitedBy(awaiter), marksByAwaiter.get(awaiter), Mark.WAITING);
  }

  private static Set<String> marked(
      Set<String> stored, @Nullable Map<String, Mark> marks, Mark wanted) {
    if (marks == null) {
      return stored;
    }
    var merged = new LinkedHashSet<>(stored);
    marks.forEach((id, mark) -> {
      if (mark == wanted) {
        merged.add(id);
      } else {
        merged.remove(id);
      }
    });
    return merged;
  }

  void await(String awaited, String awaiter) {
    if (mark(awaited, awaiter) != Mark.WAITING) {
      mark(awaited, awaiter, Mark.WAITING);
    }
  }

  void fire(String awaited, String awaiter) {
    if (mark(awaited, awaiter) != Mark.FIRED) {
      mark(awaited, awaiter, Mark.FIRED);
    }
  }

  /** Forgets what has fired for a task: it has been taken, or it waits anew. */
  void forgetFired(String awaiter) {
    for (var awaited : List.copyOf(firedFor(awaiter))) {
      mark(awaited, awaiter, Mark.GONE);
    }
  }

  /** Forgets everything that a task has waited or waits for. */
  void forgetCallbacksOf(String awaiter) {
    forgetFired(awaiter);
    for (var awaited : List.copyOf(awaitedBy(awaiter))) {
      mark(awaited, awaiter, Mark.GONE);
    }
  }

  private Mark mark(String awaited, String awaiter) {
    var marks = marksByAwaited.get(awaited);
    var mark = marks == null ? null : marks.get(awaiter);
    if (mark != null) {
      return mark;
    }
    if (state.awaitersOf(awaited).contains(awaiter)) {
      return Mark.WAITING;
    }
    return state.firedFor(awaiter).contains(awaited) ? Mark.FIRED : Mark.GONE;
  }

  private void mark(String awaited, String awaiter, Mark mark) {
    if (marksByAwaited.isEmpty()) {
      marksByAwaited = new LinkedHashMap<>();
      marksByAwaiter = new HashMap<>();
    }
    marksByAwaited.computeIfAbsent(awaited, ignored -> new LinkedHashMap<>()).put(awaiter, mark);
    marksByAwaiter.computeIfAbsent(awaiter, ignored -> new LinkedHashMap<>()).put(awaited, mark);
  }

  void listen(String awaited, String address) {
    if (!state.listenersOf(awaited).contains(address)) {
      changes.add(new Change.PutListener(awaited, address));
    }
  }

  void forgetListener(String awaited, String address) {
    if (state.listenersOf(awaited).contains(address)) {
      changes.add(new Change.DeleteListener(awaited, address));
    }
  }

  /** Tells the listeners of a promise that has just been settled. */
  void unblock(Promise settled) {
    var listeners = state.listenersOf(settled.id());
    if (!listeners.isEmpty()) {
      if (unblocks.isEmpty()) {
        unblocks = new ArrayList<>();
      }
      for (var address : listeners) {
        unblocks.add(new Unblock(address, settled));
      }
    }
  }

  @Nullable Schedule schedule(String id) {
    return schedules.containsKey(id) ? schedules.get(id) : state.schedule(id);
  }

  void put(Schedule schedule) {
    set(schedule.id(), schedule);
  }

  void deleteSchedule(String id) {
    set(id, null);
  }

  private void set(String id, @Nullable Schedule schedule) {
    if (schedules.isEmpty()) {
      schedules = new LinkedHashMap<>();
    }
    schedules.put(id, schedule);
  }

  /** A promise that names this schedule has been settled. */
  void occurrenceEnded(String schedule) {
    if (ended.isEmpty()) {
      ended = new LinkedHashSet<>();
    }
    ended.add(schedule);
  }

  /** The schedules that promises name which have been settled. */
  Set<String> endedOccurrencesOf() {
    return ended;
  }

  void clear() {
    changes.add(new Change.Clear());
  }

  Outcome outcome(Response response) {
    for (var entry : slots.entrySet()) {
      var slot = entry.getValue();
      if (slot.promise != null && slot.promise != slot.before) {
        changes.add(new Change.PutPromise(slot.before, slot.promise));
      }
      if (slot.task != null && slot.task != slot.taskBefore) {
        changes.add(new Change.PutTask(slot.taskBefore, slot.task));
      }
    }
    marksByAwaited.forEach((awaited, marks) ->
        marks.forEach((awaiter, mark) -> changes.add(callback(awaited, awaiter, mark))));
    schedules.forEach((id, schedule) ->
        changes.add(
            schedule == null
                ? new Change.DeleteSchedule(id)
                : new Change.PutSchedule(state.schedule(id), schedule)));
    return new Outcome(response, List.copyOf(changes), List.copyOf(unblocks));
  }

  private static Change callback(String awaited, String awaiter, Mark mark) {
    return switch (mark) {
      case WAITING -> new Change.PutCallback(awaited, awaiter, false);
      case FIRED -> new Change.PutCallback(awaited, awaiter, true);
      case GONE -> new Change.DeleteCallback(awaited, awaiter);
    };
  }
}
