package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.record.Event;
import dev.baton.server.record.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Binds ready tasks to workers with room, late: a task stays here until a worker can take it. It
 * also judges what a worker's silence means. Not thread-safe: it is called in steps of the engine,
 * after each commit, or shortly before one for an offer that goes ahead; it never blocks and reads
 * no clock. Not final only so that tests can make one that is wrong and see it found out.
 */
public class Dispatcher {

  /**
   * What the dispatcher needs to know.
   *
   * @param serverUrl what execute messages carry; asked at each
   * @param redelivery how long a worker has to acquire what it was sent
   * @param retry the longest time between two sendings of an offer
   * @param grace how long a worker has to come back; zero: only leases count
   * @param recorder told what happens from {@link #started} on
   */
  public record Settings(
      Supplier<String> serverUrl,
      Duration redelivery,
      Duration retry,
      Duration grace,
      Recorder recorder) {

    /** Those of one whose moves nobody records. */
    public Settings(
        Supplier<String> serverUrl, Duration redelivery, Duration retry, Duration grace) {
      this(serverUrl, redelivery, retry, grace, Recorder.NONE);
    }
  }

  private final Duration grace;
  private final Roster roster = new Roster();
  private final Timers timers = new Timers();
  private final Commands commands = new Commands();
  private final AddressBook addresses = new AddressBook();
  private final Observer observer;
  private final Offers offers;
  private final Notifier notifier;
  private final Efforts efforts;
  private final Recording recording;
  private final Silence silence = new Silence(timers, commands);
  private final List<LongConsumer> deferred = new ArrayList<>();
  private boolean paused;

  /** The task that its holder is just fulfilling. */
  private @Nullable String fulfilling;

  /** The promise whose task is about to end. */
  private @Nullable Promise settling;

  private String snapshotsUpTo = "";

  /** Brings the outcome of a post back into a step of the engine. */
  public interface PushReports {
    void report(Runnable onOwner);
  }

  /** Finds what is stored. Asked in a step of the engine, between transactions. */
  public interface Promises {
    /** A promise with its payload, or null if there is none. */
    @Nullable PromiseRecord find(String id);

    /** The function that a task asks for; null if that cannot be told without reading the store. */
    default @Nullable FunctionRef function(String taskId) {
      return null;
    }
  }

  /** Sees messages leave, for metrics. */
  public interface Observer {
    /** A message left for a worker, this long after its task became ready. */
    void sent(Message message, long waitedMs);

    /** A task was given back, as who did it says. */
    default void givenBack(String reason) {}
  }

  /** Puts its parts together. */
  public Dispatcher(
      Settings settings, Promises promises, Push push, PushReports reports, Observer observer) {
    this.recording = new Recording(settings.recorder());
    this.grace = settings.grace();
    this.observer = observer;
    this.efforts = new Efforts(settings.retry().toMillis());
    Posts posts = new Posts(settings, timers, push, reports, observer);
    this.offers =
        new Offers(settings, roster, timers, commands, posts, observer, promises, recording);
    this.notifier =
        new Notifier(
            settings, roster, addresses, timers, commands, promises, push, reports, observer);
  }

  // What the store says.

  /** All tasks that were unfinished at the start have been shown. */
  public void started(long now) {
    offers.gatherings().started(now);
    recording.start();
  }

  /** Why tasks come back whose moves follow. */
  public void because(Event.Cause cause) {
    recording.because(cause);
  }

  /** A promise has been settled, and that is durable; if it has a task, that moves next. */
  public void settled(Promise promise, long now) {
    settling = promise.target() == null ? settling : promise;
    recording.settled(promise, now);
  }

  /**
   * A task is being created, which is not durable yet. If a worker has room for it at once, it
   * hears of it already: it has to acquire it, and that is decided later. {@link #moved} follows,
   * or {@link #takeBack}; until then nobody else is told.
   *
   * @return whether something has been sent
   */
  public boolean offerAhead(Task task, long now) {
    return !paused
        && task.state() instanceof TaskState.Pending(_, boolean offered)
        && offered
        && offers.sendAhead(task, addresses.find(task.target()), now);
  }

  /** What was offered ahead has not come to be: its worker has room again. */
  public void takeBack() {
    offers.takeBack();
  }

  /** A task has been created or has moved, and that is durable. */
  public void moved(@Nullable Task before, Task after, long now) {
    silence.trust(after.id());
    Address address = addresses.find(after.target());
    Group group = address instanceof Address.Poll poll ? roster.group(poll.group()) : null;
    @Nullable String holder = holder(before);
    @Nullable String nextHolder = holder(after);
    if (holder != null && !holder.equals(nextHolder)) {
      roster.holdsNoMore(holder, after.id());
      wake(holder);
      if (after.state() instanceof TaskState.Fulfilled) {
        count(holder, group, after);
        if (!after.id().equals(fulfilling)) {
          tell(holder, group, after);
        }
      }
    }
    if (nextHolder != null && !nextHolder.equals(holder)) {
      roster.holds(nextHolder, after.id());
      silence.endFor(nextHolder, after.id());
    }
    if (before == null && nextHolder != null && group != null) {
      offers.gatherings().heldAtStart(group, nextHolder);
    }
    efforts.moved(group, held(before), after, now);
    if (holder != null && roster.heldBy(holder) == 0) {
      efforts.settled(holder);
    }
    if (group != null) {
      group.isChanged = true;
      group.held += (nextHolder == null ? 0 : 1) - (holder == null ? 0 : 1);
      group.suspended += count(after) - (before == null ? 0 : count(before));
      offers.markChanged(group);
    }
    record(before, after, group, holder, now);
    if (after.state() instanceof TaskState.Pending(_, boolean offered)) {
      if (offered) {
        offers.offer(after, address, holder, efforts.of(after.id()), now);
      }
    } else {
      offers.withdraw(after.id());
      if (after.state() instanceof TaskState.Fulfilled && group != null) {
        group.fulfilled.add(now);
      }
    }
  }

  private void record(
      @Nullable Task before, Task after, @Nullable Group group, @Nullable String holder, long now) {
    Effort effort = efforts.of(after.id());
    recording.moved(
        before,
        after,
        group == null ? null : group.name,
        holder == null ? offers.sentTo(after.id()) : holder,
        effort != null && effort.againAt > now,
        now);
  }

  /**
   * Whose fulfilment the next moves come from; null for none. Whoever fulfils its task need not be
   * told that it is over.
   */
  public void fulfilling(@Nullable String taskId) {
    fulfilling = taskId;
  }

  private void count(String holder, @Nullable Group group, Task ended) {
    Worker worker = group == null ? null : group.workers.get(holder);
    Promise promise = settling;
    settling = null;
    if (worker != null && promise != null && promise.id().equals(ended.id())) {
      worker.ended(
          promise.state() instanceof PromiseState.Settled(PromiseRecord.State as, _, _)
              ? as
              : null);
    }
  }

  /** Somebody else has settled what a process works on. What it does not hear now, it looks up. */
  private void tell(String holder, @Nullable Group group, Task settled) {
    if (paused) {
      deferred.add(later -> tell(holder, group, settled));
      return;
    }
    Link link = group == null ? null : heard(group.workers.get(holder), settled);
    for (Group other : link == null ? roster.groupsOf(holder) : List.<Group>of()) {
      link = link == null ? heard(other.workers.get(holder), settled) : link;
    }
    if (link != null) {
      Message message = new Message.Settled(settled.id(), settled.version());
      link.send(message);
      observer.sent(message, 0);
    }
  }

  private static @Nullable Link heard(@Nullable Worker worker, Task settled) {
    Link link = worker == null || !worker.covers(settled.id()) ? null : worker.links.peekFirst();
    return link != null && link.hearsSettled() ? link : null;
  }

  /**
   * A lease was granted just before the server was interrupted, so that its holder may never have
   * heard of it. If the holder asks for the task again, it has not, and the lease is to end.
   */
  public void doubt(Task held) {
    silence.doubt(held);
  }

  private static TaskState.@Nullable Acquired held(@Nullable Task task) {
    return task != null && task.state() instanceof TaskState.Acquired held ? held : null;
  }

  private static @Nullable String holder(@Nullable Task task) {
    TaskState.Acquired held = held(task);
    return held == null ? null : held.pid();
  }

  private static int count(Task task) {
    return task.state() instanceof TaskState.Suspended ? 1 : 0;
  }

  /** A listener is to be told that a promise is settled. */
  public void unblock(Outcome.Unblock unblock, long now) {
    if (paused) {
      deferred.add(later -> unblock(unblock, later));
      return;
    }
    notifier.unblock(unblock, now);
  }

  // What connections say.

  /**
   * A worker has connected. One whose pid another process has taken over meanwhile is told so and
   * not heard: were both to go on under it, each would end the other's work again and again.
   *
   * @return whether it is another run of a process that connected before and held tasks: those
   *     leases are to end
   */
  public boolean connected(Link link, long now) {
    Group group = roster.group(link.group());
    Worker known = group.workers.get(link.pid());
    if (known != null && known.hasSuperseded(link.run())) {
      link.refuse();
      return false;
    }
    boolean isAnotherRun =
        known != null && known.run != null && link.run() != null && !known.run.equals(link.run());
    List<Link> ofEarlierRun = known != null && isAnotherRun ? List.copyOf(known.links) : List.of();
    boolean isNew = known == null || !known.isConnected();
    boolean wasDraining = known != null && known.draining;
    Worker worker = roster.connect(link, now);
    recordConnected(worker, isNew, known != null, isAnotherRun, wasDraining, now);
    if (isNew) {
      offers.gatherings().joined(group, now);
    }
    ofEarlierRun.forEach(Link::close); // If it lives, it comes back, and is told.
    offers.requeueSent(
        worker, Event.Cause.CONNECTION_LOST, now); // An earlier connection may have lost them.
    String reach = link.reach();
    if (reach != null) {
      silence.endWithin(link.pid(), reach);
    }
    notifier.deliver(worker, link, now);
    offers.markChanged(group);
    if (!isAnotherRun || reach == null || roster.heldBy(link.pid()) == 0) {
      return false;
    }
    silence.gone(link.pid(), reach, Command.Loss.CONNECTION_LOST);
    return true;
  }

  private void recordConnected(
      Worker worker,
      boolean isNew,
      boolean isKnown,
      boolean isAnotherRun,
      boolean wasDraining,
      long now) {
    String group = worker.group.name;
    if (isAnotherRun) {
      recording.gone(group, worker.pid, Event.Cause.CONNECTION_LOST, now);
    }
    boolean isOpened = isNew || isAnotherRun;
    if (isOpened) {
      boolean isBack = isKnown && !isAnotherRun;
      Event.Kind kind = isBack ? Event.Kind.BACK : Event.Kind.CONNECTED;
      recording.worker(kind, group, worker.pid, now);
    }
    if (worker.draining != (!isOpened && wasDraining)) {
      recording.door(worker, now);
    }
  }

  /** A connection has ended. */
  public void disconnected(Link link, long now) {
    Worker worker = roster.disconnect(link);
    notifier.lost(link, now);
    if (worker == null) {
      return;
    }
    if (!worker.isConnected()) {
      recording.worker(Event.Kind.LOST, worker.group.name, worker.pid, now);
    }
    offers.requeueSent(worker, Event.Cause.CONNECTION_LOST, now);
    offers.markChanged(worker.group);
    if (worker.isConnected()) {
      return;
    }
    worker.leftAt = now;
    offers.gatherings().left(worker.group, now);
    String reach = link.reach();
    boolean isElsewhere =
        reach == null ? roster.isConnected(worker.pid) : roster.isConnected(worker.pid, reach);
    if (grace.isZero() || isElsewhere || worker.run == null) {
      roster.remove(worker);
    }
    if (!grace.isZero() && !isElsewhere && reach != null) {
      silence.begin(worker.group.name, worker.pid, reach, now, link.grace(grace).toMillis());
    }
  }

  /** A connection takes messages again. */
  public void writable(Link link, long now) {
    Group group = roster.groupIfKnown(link.group());
    Worker worker = group == null ? null : group.workers.get(link.pid());
    if (worker != null && group != null) {
      roster.refresh(worker);
      notifier.deliver(worker, link, now);
      offers.markChanged(group);
    }
  }

  /** A process has shown that it is alive. */
  public void alive(TaskRequest.Heartbeat heartbeat) {
    if (heartbeat.tasks().isEmpty()) { // all that it holds
      silence.end(heartbeat.pid());
    }
    for (TaskRequest.TaskRef task : heartbeat.tasks()) {
      silence.endFor(heartbeat.pid(), task.id());
    }
  }

  /** A task has been given back, and why. */
  public void released(String taskId, String reason) {
    efforts.explain(taskId, reason);
    observer.givenBack(reason);
  }

  /** A process has asked for a task, whatever it was answered. */
  public void asked(TaskRequest.Acquire acquire) {
    silence.asked(acquire);
  }

  private void wake(String pid) {
    for (Group group : roster.groupsOf(pid)) {
      offers.markChanged(group);
    }
  }

  // What operators say.

  /**
   * A worker is to get no new work, also if it connects again; answers who was meant.
   *
   * @param run which run of the process is meant, and no later one; null for that of its stream
   */
  public List<String> drain(
      String group, String worker, boolean byAddress, @Nullable String run, long now) {
    roster.close(group, worker, byAddress, run, now).forEach(closed -> recording.door(closed, now));
    return reconsider(group, worker, byAddress);
  }

  /** Whether a worker is connected, or was a moment ago, as this run of its process. */
  public boolean isRun(String group, String pid, String run) {
    Group known = roster.groupIfKnown(group);
    Worker worker = known == null ? null : known.workers.get(pid);
    return worker != null && run.equals(worker.run);
  }

  /** A worker is open for work again; answers who was meant. */
  public List<String> resume(String group, String worker, boolean byAddress, long now) {
    roster.open(group, worker, byAddress, now).forEach(opened -> recording.door(opened, now));
    return reconsider(group, worker, byAddress);
  }

  private List<String> reconsider(String group, String worker, boolean byAddress) {
    Group known = roster.groupIfKnown(group);
    if (known != null) {
      offers.markChanged(known);
    }
    return roster.find(group, worker, byAddress).stream().map(found -> found.pid).toList();
  }

  /** A worker is gone: its leases are to end, its connections end. Answers who was meant. */
  public List<String> gone(String group, String worker, boolean byAddress, long now) {
    List<Worker> found = roster.find(group, worker, byAddress);
    found.stream()
        .filter(meant -> meant.draining && roster.heldBy(meant.pid) > 0)
        .forEach(meant -> efforts.excuse(meant.pid));
    // Others may have been meant by the same closed door.
    roster.open(group, worker, byAddress, now).forEach(opened -> recording.door(opened, now));
    for (Worker meant : found) {
      recording.gone(group, meant.pid, Event.Cause.REPORTED_GONE, now);
      offers.requeueSent(meant, Event.Cause.REPORTED_GONE, now);
      List<Link> links = roster.disconnect(meant);
      roster.remove(meant);
      links.forEach(Link::close);
      links.forEach(link -> notifier.lost(link, now));
      silence.end(meant.pid);
      offers.markChanged(meant.group);
    }
    List<String> pids = new ArrayList<>(found.stream().map(meant -> meant.pid).toList());
    if (pids.isEmpty() && !byAddress && roster.heldBy(worker) > 0) {
      pids.add(worker);
      recording.gone(group, worker, Event.Cause.REPORTED_GONE, now);
    }
    pids.forEach(pid -> silence.gone(pid, "", Command.Loss.REPORTED_GONE));
    return pids;
  }

  /** Sets how many tasks a worker of the group takes at once that did not say; null: unlimited. */
  public void slots(String name, @Nullable Integer slotsPerWorker) {
    Group group = roster.group(name);
    roster.slots(group, slotsPerWorker);
    offers.markChanged(group);
    roster.forget(group);
  }

  // What the dispatcher does.

  /** Fires the timers that are due. */
  public void fire(long now) {
    if (paused) {
      return;
    }
    for (Timers.Timer timer = timers.poll(now); timer != null; timer = timers.poll(now)) {
      switch (timer) {
        case Timers.Timer.PostDue(var unblock) -> notifier.postDue(unblock);
        case Timers.Timer.OfferDue(Offer offer, long stamp) -> offers.due(offer, stamp, now);
        case Timers.Timer.GatheringOver(Group group, Gathering gathering) ->
            offers.gatherings().due(group, gathering, now);
        case Timers.Timer.GraceOver over -> graceOver(over, now);
      }
    }
    notifier.sweep(now);
  }

  private void graceOver(Timers.Timer.GraceOver over, long now) {
    String pid = over.pid();
    roster.removeLost(pid, over.lostAt());
    if (silence.takeLasting(pid, over.reach(), over.lostAt())) {
      recording.gone(over.group(), pid, Event.Cause.CONNECTION_LOST, now);
      if (roster.heldBy(pid) > 0) {
        silence.gone(pid, over.reach(), Command.Loss.CONNECTION_LOST);
      }
    }
  }

  /** Nobody was heard for a while: it does not count for anybody. */
  public void paused(long ms) {
    timers.move(ms);
    commands.move(ms);
    notifier.move(ms);
    efforts.move(ms);
  }

  /**
   * The clock was set.
   *
   * @param byMs how far; negative if it was set back
   */
  public void clockMoved(long byMs) {
    paused(byMs);
    offers.clockMoved(byMs);
    roster.clockMoved(byMs);
    for (Group group : roster.groups()) {
      if (group.gathering != null) {
        offers.gatherings().end(group);
      }
      group.dispatched.reset();
      group.fulfilled.reset();
      group.isChanged = true;
    }
  }

  /** Holds everything back (debug.start), or lets it go again. */
  public void pause(boolean on, long now) {
    paused = on;
    if (!on) {
      List<LongConsumer> actions = List.copyOf(deferred);
      deferred.clear();
      actions.forEach(action -> action.accept(now));
    }
  }

  /** Whether everything is held back. */
  public boolean isPaused() {
    return paused;
  }

  /**
   * Takes what the rules are to decide because of what was seen here: leases that end, offers that
   * are renewed, listeners whose unblock is delivered.
   *
   * @param isSaving whether there will be a transaction anyway; what can wait goes with it
   */
  public List<Command> takeCommands(long now, boolean isSaving) {
    return commands.take(now, isSaving);
  }

  /** Sends what can be sent. */
  public void pump(long now) {
    if (!paused) {
      offers.pump(now);
    }
    commands.keep(now);
  }

  /** When a step has something to do here next; {@code Long.MAX_VALUE} if nothing is planned. */
  public long nextDueAt() {
    return paused
        ? commands.nextDueAt()
        : Math.min(commands.nextDueAt(), Math.min(timers.nextDueAt(), notifier.nextSweepAt()));
  }

  /** Forgets every task and message, as the store has; connections stay. */
  public void clear() {
    offers.clear();
    timers.clear();
    commands.clear();
    notifier.clear();
    deferred.clear();
    efforts.clear();
    roster.clearHeld();
    silence.clear();
    recording.clear();
    settling = null;
  }

  // What can be seen.

  /** The group as it stands; zeros for one that nobody has named. */
  public GroupView view(String name, long now) {
    return snapshot(name).at(now);
  }

  /** What is being done to get a task to somebody. */
  public DeliveryView delivery(String taskId, long now) {
    Offer offer = offers.of(taskId);
    return DeliveryView.of(
        taskId,
        offer,
        efforts.of(taskId),
        offers.isBeingPosted(taskId),
        offer != null && offers.isUnknown(offer),
        now);
  }

  /**
   * Where a task is that a worker has been sent, or that a process holds.
   *
   * @param since when it was sent or taken, epoch milliseconds; 0 if that is not known
   */
  public record InFlight(String id, String pid, long version, boolean isHeld, long since) {}

  /**
   * What a group's workers do, and other processes that hold its tasks.
   *
   * @param tasks finds a task that is held
   */
  public List<InFlight> inFlight(String name, Function<String, @Nullable Task> tasks) {
    List<InFlight> found = new ArrayList<>();
    roster
        .held()
        .forEach((pid, ids) -> {
          for (String id : ids) {
            Task task = tasks.apply(id);
            if (task != null
                && task.state() instanceof TaskState.Acquired held
                && addresses.find(task.target()) instanceof Address.Poll poll
                && poll.group().equals(name)) {
              found.add(new InFlight(id, pid, task.version(), true, held.acquiredAt()));
            }
          }
        });
    Group group = roster.groupIfKnown(name);
    if (group != null) {
      for (Worker worker : group.workers.values()) {
        for (Offer offer : worker.sent) {
          found.add(new InFlight(offer.taskId, worker.pid, offer.version, false, offer.sentAt));
        }
      }
    }
    return found;
  }

  /** The group as it stands, to be looked at elsewhere and later. */
  public GroupSnapshot snapshot(String name) {
    Group group = roster.groupIfKnown(name);
    return (group == null ? new Group(name) : group).snapshot();
  }

  /**
   * The groups that are known, by name.
   *
   * @param isWhole whether all are shown as they stand; else some are as they were before, and the
   *     next call goes on with those
   */
  public record Snapshots(List<GroupSnapshot> groups, boolean isWhole) {}

  /**
   * All groups, to be looked at elsewhere and later. Only what has changed since the last call is
   * looked at here, and no more than so much at once.
   *
   * @param most how many workers and tasks are looked at, about
   */
  public Snapshots snapshots(int most) {
    int left = most;
    boolean isWhole = true;
    for (Group group : roster.groupsAfter(snapshotsUpTo)) {
      if (!group.isChanged) {
        continue;
      }
      if (left <= 0 && group.shown != null) {
        isWhole = false;
        break;
      }
      left -= group.weight();
      group.snapshot();
      snapshotsUpTo = group.name;
    }
    List<GroupSnapshot> all = new ArrayList<>();
    for (Group group : roster.groups()) {
      GroupSnapshot shown = group.shown;
      all.add(shown == null ? group.snapshot() : shown);
    }
    return new Snapshots(all, isWhole);
  }

  /** How many tasks a process holds. */
  public int heldBy(String pid) {
    return roster.heldBy(pid);
  }
}
