package dev.baton.core;

import dev.baton.core.RuleSet.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A state in memory with all indexes that the rules need. It is the whole truth, or, with a {@link
 * History}, what is live: settled promises may leave it, and so may the large payloads of pending
 * ones. To load what a store holds, apply it as changes without a before: promises first, then
 * tasks, callbacks and listeners, schedules.
 *
 * <p>One thread at a time may use it.
 */
public final class MemoryState implements State {

  /** What a pending promise carries up to this many characters usually stays in memory. */
  public static final int MOST_PAYLOAD = 4_096;

  /** The same once half of the room has been taken. */
  static final int LEAST_PAYLOAD = 256;

  /** Everything under one id. */
  static final class Entry {
    Promise promise;
    @Nullable Task task;
    Set<String> awaiters = Set.of();
    private Set<String> awaited = Set.of();
    Set<String> fired = Set.of();
    Set<String> listeners = Set.of();
    private Timers.@Nullable Timer deadline;
    private Timers.@Nullable Timer taskTimer;

    /** What promise and task were counted as. */
    private long bytes;

    private Entry(Promise promise) {
      this.promise = promise;
    }
  }

  private final boolean onlyTargetedDeadlines;
  private final History history;
  private final int mostPayload;
  private long plentyUpTo = Long.MAX_VALUE;
  private final NavigableMap<String, Entry> entries = new TreeMap<>(IdOrder.INSTANCE);
  private final NavigableMap<String, Schedule> schedules = new TreeMap<>(IdOrder.INSTANCE);
  private final TreeMap<String, Timers.Timer> scheduleTimers = new TreeMap<>();

  /** The listeners of settled promises that have left memory. */
  private final Map<String, Set<String>> untold = new LinkedHashMap<>();

  private final IdSets.ByName heldBy = new IdSets.ByName();

  /** Without those promises that are the root of their own branch: they are found by id. */
  private final IdSets.ByName branches = new IdSets.ByName();

  private final Timers deadlines = new Timers();
  private final Timers delays = new Timers();
  private final Timers retries = new Timers();
  private final Timers leases = new Timers();
  private final Timers runs = new Timers();
  private long bytes;
  private long scheduleBytes;

  /** An empty state that is the whole truth. */
  public MemoryState(Profile profile) {
    this(profile, History.NONE);
  }

  /** An empty state in front of a history. */
  public MemoryState(Profile profile, History history) {
    this(profile, history, MOST_PAYLOAD);
  }

  /**
   * The same.
   *
   * @param mostPayload what a pending promise carries up to this many characters stays in memory
   */
  public MemoryState(Profile profile, History history, int mostPayload) {
    // M1: what the clock leaves alone needs no timer.
    this.onlyTargetedDeadlines = profile == Profile.MAIN;
    this.history = history;
    this.mostPayload = mostPayload;
  }

  /**
   * Says how many bytes of memory there are for what is live. Once half of them have been taken,
   * smaller payloads are left to the history, too.
   */
  public void room(long most) {
    plentyUpTo = most / 2;
  }

  @Override
  public @Nullable Promise promise(String id) {
    var entry = entries.get(id);
    return entry == null ? history.promise(id) : entry.promise;
  }

  @Override
  public boolean has(String id) {
    return entries.containsKey(id) || history.has(id);
  }

  @Override
  public Promise whole(Promise promise) {
    if (promise.isWhole()) {
      return promise;
    }
    var stored = history.whole(promise.id());
    if (stored == null) {
      throw new IllegalStateException("the store has lost promise " + promise.id());
    }
    return promise.with(stored);
  }

  @Override
  public @Nullable Task task(String id) {
    var entry = entries.get(id);
    return entry == null ? history.task(id) : entry.task;
  }

  @Override
  public @Nullable Schedule schedule(String id) {
    var schedule = schedules.get(id);
    return schedule == null ? history.schedule(id) : schedule;
  }

  @Override
  public Set<String> awaitersOf(String awaited) {
    var entry = entries.get(awaited);
    return entry == null ? Set.of() : Collections.unmodifiableSet(entry.awaiters);
  }

  @Override
  public Set<String> awaitedBy(String awaiter) {
    var entry = entries.get(awaiter);
    return entry == null ? Set.of() : Collections.unmodifiableSet(entry.awaited);
  }

  @Override
  public Set<String> firedFor(String awaiter) {
    var entry = entries.get(awaiter);
    return entry == null ? Set.of() : Collections.unmodifiableSet(entry.fired);
  }

  @Override
  public Set<String> listenersOf(String awaited) {
    var entry = entries.get(awaited);
    return Collections.unmodifiableSet(
        entry == null ? untold.getOrDefault(awaited, Set.of()) : entry.listeners);
  }

  @Override
  public List<Promise> branch(String branch, String except, long room) {
    var entry = entries.get(branch);
    var root = entry != null && branch.equals(entry.promise.branch()) ? entry.promise : null;
    var settled = history.branch(branch, entry == null, except, room);
    var others = branches.get(branch);
    if (settled.isEmpty() && others.isEmpty() && (root == null || branch.equals(except))) {
      return List.of();
    }
    var found = new TreeMap<String, Promise>(IdOrder.INSTANCE);
    for (var promise : settled) {
      found.put(promise.id(), promise);
    }
    if (root != null) {
      found.put(branch, root);
    }
    for (var id : others) {
      var other = entries.get(id);
      if (other != null) {
        found.put(id, other.promise);
      }
    }
    found.remove(except);
    var fitting = new ArrayList<Promise>(found.size());
    long left = room;
    for (var promise : found.values()) {
      if (State.roomFor(promise) <= left) {
        left -= State.roomFor(promise);
        fitting.add(whole(promise));
      }
    }
    return fitting;
  }

  @Override
  public Set<String> heldBy(String pid) {
    return heldBy.get(pid);
  }

  @Override
  public List<String> held() {
    return leases.due(Instants.NEVER, leases.size());
  }

  @Override
  public Due due(long now, boolean withRetries, int limit) {
    var promises = deadlines.due(now, limit);
    int left = limit - promises.size();
    var offers = new ArrayList<>(delays.due(now, left));
    if (withRetries) {
      offers.addAll(retries.due(now, left - offers.size()));
    }
    left -= offers.size();
    var ended = leases.due(now, left);
    return new Due(promises, offers, ended, runs.due(now, left - ended.size()));
  }

  /**
   * The earliest timer, epoch milliseconds; {@link Long#MAX_VALUE} if there is none. Those that
   * repeat an offer already made do not count: the dispatcher knows better.
   */
  public long nextDueAt() {
    return nextDueAt(true);
  }

  /**
   * The same.
   *
   * @param withRuns whether those of schedules count
   */
  public long nextDueAt(boolean withRuns) {
    long next = Math.min(deadlines.earliest(), leases.earliest());
    next = Math.min(next, delays.earliest());
    return withRuns ? Math.min(next, runs.earliest()) : next;
  }

  /**
   * Reads everything that is here; without a {@link History} that is the whole truth. To be used
   * only where the state may be used.
   */
  public Reader reader() {
    return new MemoryReader(entries, schedules);
  }

  /**
   * Shows what a dispatcher must know after a start: unfinished tasks in the order of their ids,
   * and the unblock messages that have not been delivered.
   */
  public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
    for (var entry : entries.values()) {
      var task = entry.task;
      if (task != null && !(task.state() instanceof TaskState.Fulfilled)) {
        tasks.accept(task);
      }
      if (!entry.promise.isPending()) {
        for (var address : entry.listeners) {
          unblocks.accept(new Outcome.Unblock(address, entry.promise));
        }
      }
    }
    untold.forEach((id, addresses) -> {
      try {
        var promise = history.promise(id);
        if (promise != null) {
          addresses.forEach(address -> unblocks.accept(new Outcome.Unblock(address, promise)));
        }
      } catch (UnreadableException e) {
        // It has been reported, and there is nothing to tell.
      }
    });
  }

  /** Whether something may still happen to a promise, or somebody has yet to be told of it. */
  public boolean isLive(String id) {
    return entries.containsKey(id) || untold.containsKey(id);
  }

  /** Whether a promise is in memory and pending. */
  @Override
  public boolean isPending(String id) {
    var entry = entries.get(id);
    return entry != null && entry.promise.isPending();
  }

  /** How many promises are in memory. */
  public int size() {
    return entries.size();
  }

  /** About how many bytes of memory it takes. */
  public long bytes() {
    return bytes;
  }

  /** How many of those are of schedules. */
  public long scheduleBytes() {
    return scheduleBytes;
  }

  /** Applies the changes of an outcome, in order. */
  public void apply(List<Change> changes) {
    for (var change : changes) {
      apply(change);
    }
  }

  /** Applies one change. */
  public void apply(Change change) {
    switch (change) {
      case Change.PutPromise(var before, var after) -> put(after);
      case Change.PutTask(var before, var after) -> put(after);
      case Change.PutCallback(var awaited, var awaiter, var fired) -> {
        forget(awaited, awaiter);
        remember(awaited, awaiter, fired);
      }
      case Change.DeleteCallback(var awaited, var awaiter) -> forget(awaited, awaiter);
      case Change.PutListener(var awaited, var address) -> {
        var entry = entries.get(awaited);
        var before = entry == null ? untold.getOrDefault(awaited, Set.of()) : entry.listeners;
        if (!before.contains(address)) {
          bytes += Sizes.ofListener(address);
          putListeners(awaited, entry, IdSets.with(before, address));
        }
      }
      case Change.DeleteListener(var awaited, var address) -> {
        var entry = entries.get(awaited);
        var before = entry == null ? untold.getOrDefault(awaited, Set.of()) : entry.listeners;
        if (before.contains(address)) {
          bytes -= Sizes.ofListener(address);
          putListeners(awaited, entry, IdSets.without(before, address));
        }
      }
      case Change.PutSchedule(var was, var schedule) -> {
        var before = schedules.put(schedule.id(), schedule);
        countSchedule(Sizes.of(schedule) - (before == null ? 0 : Sizes.of(before)));
        scheduleTimers
            .computeIfAbsent(schedule.id(), Timers.Timer::new)
            .set(runs, schedule.nextRunAt());
      }
      case Change.DeleteSchedule(var id) -> {
        var before = schedules.remove(id);
        countSchedule(before == null ? 0 : -Sizes.of(before));
        var timer = scheduleTimers.remove(id);
        if (timer != null) {
          timer.cancel();
        }
      }
      case Change.Clear ignored -> clear();
    }
  }

  private void putListeners(String awaited, @Nullable Entry entry, Set<String> listeners) {
    if (entry != null) {
      entry.listeners = listeners;
    } else if (history == History.NONE) {
      throw new IllegalStateException("there is no promise " + awaited);
    } else if (listeners.isEmpty()) {
      untold.remove(awaited);
    } else {
      untold.put(awaited, listeners);
    }
  }

  private void countSchedule(long more) {
    bytes += more;
    scheduleBytes += more;
  }

  private void count(Entry entry) {
    var task = entry.task;
    long now = Sizes.of(entry.promise) + (task == null ? 0 : Sizes.of(task));
    bytes += now - entry.bytes;
    entry.bytes = now;
  }

  private Entry entry(String id) {
    var entry = entries.get(id);
    if (entry == null) {
      throw new IllegalStateException("there is no promise " + id);
    }
    return entry;
  }

  private void put(Promise promise) {
    var id = promise.id();
    var entry = entries.get(id);
    if (entry == null) {
      entry = new Entry(promise);
      entries.put(id, entry);
      var branch = promise.branch();
      if (branch != null && !branch.equals(id)) {
        branches.add(branch, id);
      }
    } else {
      entry.promise = promise;
    }
    if (promise.isPending() && !(onlyTargetedDeadlines && promise.target() == null)) {
      if (entry.deadline == null) {
        entry.deadline = new Timers.Timer(id);
      }
      entry.deadline.set(deadlines, promise.timeoutAt());
    } else if (entry.deadline != null) {
      entry.deadline.cancel();
      entry.deadline = null;
    }
    if (promise.isPending() || history == History.NONE) { // Else it is about to leave.
      count(entry);
    }
  }

  private void put(Task task) {
    var entry = entry(task.id());
    var before = entry.task;
    if (before != null
        && before.state()
            instanceof TaskState.Acquired(var pid, var ttlMs, var leaseExpiresAt, var acquiredAt)) {
      heldBy.remove(pid, task.id());
    }
    entry.task = task;
    switch (task.state()) {
      case TaskState.Pending(var retryAt, var offered) ->
          timer(entry, task.id()).set(offered ? retries : delays, retryAt);
      case TaskState.Acquired(var pid, var ttlMs, var leaseExpiresAt, var acquiredAt) -> {
        heldBy.add(pid, task.id());
        timer(entry, task.id()).set(leases, leaseExpiresAt);
      }
      case TaskState.Suspended suspended -> noTimer(entry);
      case TaskState.Halted halted -> noTimer(entry);
      case TaskState.Fulfilled ignored -> noTimer(entry);
    }
    if (before == null || isLong(before) || isLong(task)) {
      count(entry);
    }
  }

  private static void noTimer(Entry entry) {
    if (entry.taskTimer != null) {
      entry.taskTimer.cancel();
      entry.taskTimer = null;
    }
  }

  private static boolean isLong(Task task) {
    return Sizes.of(task) != Sizes.TASK;
  }

  private static Timers.Timer timer(Entry entry, String id) {
    if (entry.taskTimer == null) {
      entry.taskTimer = new Timers.Timer(id);
    }
    return entry.taskTimer;
  }

  /** With the ids that are in memory already, not with those of the request. */
  private void remember(String awaited, String awaiter, boolean fired) {
    var waiting = entry(awaiter);
    var entry = entries.get(awaited);
    if (fired) {
      var id = entry == null ? awaited : entry.promise.id();
      waiting.fired = IdSets.with(waiting.fired, id);
    } else {
      entry = entry(awaited);
      entry.awaiters = IdSets.with(entry.awaiters, waiting.promise.id());
      waiting.awaited = IdSets.with(waiting.awaited, entry.promise.id());
    }
    bytes += Sizes.CALLBACK;
  }

  private void forget(String awaited, String awaiter) {
    var entry = entries.get(awaited);
    if (entry != null) {
      entry.awaiters = IdSets.without(entry.awaiters, awaiter);
    }
    var waiting = entries.get(awaiter);
    if (waiting != null) {
      if (waiting.awaited.contains(awaited) || waiting.fired.contains(awaited)) {
        bytes -= Sizes.CALLBACK;
      }
      waiting.awaited = IdSets.without(waiting.awaited, awaited);
      waiting.fired = IdSets.without(waiting.fired, awaited);
    }
  }

  /**
   * Lets the payload of a pending promise leave memory for the history, if it is larger than what
   * is kept. The history must have it already.
   */
  public void evictPayload(String id) {
    var entry = entries.get(id);
    if (entry != null && entry.promise.isPending() && isLarge(entry.promise)) {
      entry.promise = entry.promise.withoutPayload();
      count(entry);
    }
  }

  /** Whether a promise's payload is larger than what is kept in memory. */
  public boolean isLarge(Promise promise) {
    if (history == History.NONE || !promise.isWhole()) {
      return false;
    }
    int most = bytes <= plentyUpTo ? mostPayload : Math.min(mostPayload, LEAST_PAYLOAD);
    return promise.payload() > most;
  }

  /**
   * Lets a promise leave memory for the history, if nothing will happen to it any more: it is
   * settled and its task fulfilled. Those who have yet to be told of it are remembered. Where there
   * is no history it goes for good, unless somebody has yet to be told.
   *
   * @return whether it has left
   */
  public boolean evictSettled(String id) {
    var entry = entries.get(id);
    if (entry == null
        || entry.promise.isPending()
        || (entry.task != null && !(entry.task.state() instanceof TaskState.Fulfilled))) {
      return false;
    }
    if (!entry.listeners.isEmpty()) {
      if (history == History.NONE) {
        return false;
      }
      untold.put(entry.promise.id(), entry.listeners);
    }
    entries.remove(id);
    bytes -= entry.bytes;
    var branch = entry.promise.branch();
    if (branch != null) {
      branches.remove(branch, id);
    }
    return true;
  }

  /** Forgets a promise, and its task, that has just been put and that nothing else knows of. */
  public void takeBack(String id) {
    var entry = entries.remove(id);
    if (entry == null) {
      return;
    }
    bytes -= entry.bytes;
    if (entry.deadline != null) {
      entry.deadline.cancel();
    }
    noTimer(entry);
    var branch = entry.promise.branch();
    if (branch != null && !branch.equals(id)) {
      branches.remove(branch, id);
    }
    if (entry.task != null
        && entry.task.state()
            instanceof TaskState.Acquired(var pid, var ttlMs, var leaseExpiresAt, var acquiredAt)) {
      heldBy.remove(pid, id);
    }
  }

  private void clear() {
    entries.clear();
    untold.clear();
    bytes = 0;
    scheduleBytes = 0;
    schedules.clear();
    scheduleTimers.clear();
    heldBy.clear();
    branches.clear();
    for (var timers : List.of(deadlines, delays, retries, leases, runs)) {
      timers.clear();
    }
  }
}
