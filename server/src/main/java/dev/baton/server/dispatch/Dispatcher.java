package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Binds ready tasks to workers with room, late: a task stays here until a worker can take it. It
 * also judges what a worker's silence means. Not thread-safe: the engine's thread owns it and calls
 * it after each commit; it never blocks and reads no clock. Not final only so that tests can make
 * one that is wrong and see it found out.
 */
public class Dispatcher {

  /**
   * What the dispatcher needs to know.
   *
   * @param serverUrl what execute messages carry; asked at each
   * @param redelivery how long a worker has to acquire what it was sent
   * @param retry the longest time between two sendings of an offer
   * @param grace how long a worker has to come back; zero: only leases count
   */
  public record Settings(
      Supplier<String> serverUrl, Duration redelivery, Duration retry, Duration grace) {}

  /** How long a strict link's worker has to acquire what it was sent. */
  private static final long STRICT_PATIENCE_MS = 60_000;

  private static final long PUSH_BACKOFF_MS = 1_000;

  private final Settings settings;
  private final Push push;
  private final PushReports reports;
  private final Observer observer;
  private final Roster roster = new Roster();
  private final Timers timers = new Timers();
  private final AddressBook addresses = new AddressBook();
  private final Notifier notifier;
  private final Relapses relapses;
  private final Efforts efforts = new Efforts();
  private final Map<String, Offer> offers = new HashMap<>();
  private final Silence silence = new Silence(timers);
  private Map<String, Long> stale = new HashMap<>();
  private final Set<Group> stirred = new LinkedHashSet<>();
  private final List<Post> posts = new ArrayList<>();
  private final List<LongConsumer> deferred = new ArrayList<>();
  private boolean paused;
  private long turns;

  /** Below every other turn. */
  private long handOverTurns = Long.MIN_VALUE;

  /** A post to be made at the next pump, unless the offer has moved on since. */
  private record Post(Offer offer, long stamp, String url) {

    boolean isCurrent() {
      return offer.stamp == stamp;
    }
  }

  /** Brings the outcome of a post back to the thread that owns the dispatcher. */
  public interface PushReports {
    void report(Runnable onOwner);
  }

  /** Sees messages leave, for metrics. */
  public interface Observer {
    /** A message left for a worker, this long after its task became ready. */
    void sent(Message message, long waitedMs);
  }

  public Dispatcher(Settings settings, Push push, PushReports reports, Observer observer) {
    this.settings = settings;
    this.push = push;
    this.reports = reports;
    this.observer = observer;
    this.notifier = new Notifier(roster, addresses, push, reports, observer);
    this.relapses = new Relapses(settings.retry().toMillis());
  }

  // What the store says.

  /** A task has been created or has moved, and that is durable. */
  public void moved(@Nullable Task before, Task after, long now) {
    silence.trust(after.id());
    Address address = addresses.find(after.target());
    Group group = address instanceof Address.Poll poll ? roster.group(poll.group()) : null;
    @Nullable String holder = holder(before);
    @Nullable String nextHolder = holder(after);
    if (holder != null && !holder.equals(nextHolder)) {
      roster.holds(holder, -1);
      wake(holder);
    }
    if (nextHolder != null && !nextHolder.equals(holder)) {
      roster.holds(nextHolder, 1);
      silence.end(nextHolder);
    }
    if (group != null) {
      efforts.moved(group, holder, nextHolder, after, now);
      if (holder != null && roster.heldBy(holder) == 0) {
        efforts.settled(holder);
      }
      group.held += (nextHolder == null ? 0 : 1) - (holder == null ? 0 : 1);
      group.suspended += count(after) - (before == null ? 0 : count(before));
      stirred.add(group);
    }
    if (after.state() instanceof TaskState.Pending(_, boolean offered)) {
      if (offered) {
        offer(before, after, address, now);
      }
    } else {
      withdraw(after.id());
      if (after.state() instanceof TaskState.Fulfilled) {
        relapses.forget(after.id());
        if (group != null) {
          group.fulfilled.add(now);
        }
      }
    }
  }

  /**
   * A lease was granted just before the server was interrupted, so that its holder may never have
   * heard of it. Unless the holder shows soon that it has, the lease is to end.
   */
  public void doubt(Task held, long now) {
    silence.doubt(held, now);
  }

  /** Tasks whose leases are to end, with their versions: nobody has shown to know of them. */
  public Map<String, Long> takeOrphaned() {
    return silence.takeOrphaned();
  }

  /** Tasks that are to be offered anew, with the versions that nobody may acquire any more. */
  public Map<String, Long> takeStale() {
    Map<String, Long> taken = stale;
    stale = new HashMap<>();
    return taken;
  }

  private static @Nullable String holder(@Nullable Task task) {
    return task != null && task.state() instanceof TaskState.Acquired(String pid, _, _)
        ? pid
        : null;
  }

  private static int count(Task task) {
    return task.state() instanceof TaskState.Suspended ? 1 : 0;
  }

  private void offer(@Nullable Task before, Task after, Address address, long now) {
    Offer known = offers.get(after.id());
    if (known != null && known.version == after.version()) {
      return; // The protocol's retry timer: this dispatcher knows better when to repeat.
    }
    if (known != null) {
      withdraw(after.id());
    }
    String lastHolder = holder(before);
    long pauseMs = relapses.pauseMs(before, now);
    // Work that was begun and handed over goes before work that has only waited.
    long turn = lastHolder != null && pauseMs == 0 ? ++handOverTurns : ++turns;
    Offer offer = new Offer(after.id(), after.version(), address, now, turn);
    offers.put(offer.taskId, offer);
    offer.avoided = lastHolder;
    if (pauseMs > 0) {
      timers.add(now + pauseMs, new Timers.Timer.OfferDue(offer, offer.stamp));
    } else {
      makeReady(offer, now);
    }
  }

  private void makeReady(Offer offer, long now) {
    switch (offer.address) {
      case Address.Poll poll -> {
        Group group = roster.group(poll.group());
        group.enqueue(offer);
        stirred.add(group);
      }
      case Address.Http(String url) -> posts.add(new Post(offer, offer.stamp, url));
      case Address.Undelivered _ -> {}
    }
  }

  private void withdraw(String taskId) {
    Offer offer = offers.remove(taskId);
    if (offer == null) {
      return;
    }
    offer.stamp++;
    if (offer.sentTo != null) {
      unsend(offer);
    } else if (offer.address instanceof Address.Poll poll) {
      roster.group(poll.group()).dequeue(offer);
    }
  }

  private void unsend(Offer offer) {
    Worker worker = offer.sentTo;
    if (worker == null) {
      return;
    }
    offer.sentTo = null;
    roster.update(worker, () -> worker.sent.remove(offer));
    worker.group.sent--;
    stirred.add(worker.group);
  }

  /** A listener is to be told that a promise is settled. */
  public void unblock(Outcome.Unblock unblock, long now) {
    if (paused) {
      deferred.add(later -> unblock(unblock, later));
      return;
    }
    notifier.tell(unblock, now);
  }

  /** Listeners that have been told since the last call, or whom nobody will ever reach. */
  public List<Command.Listener> takeTold() {
    return notifier.takeTold();
  }

  /** Processes whose leases are to end: known to be gone since the last call. */
  public List<String> takeGone() {
    return silence.takeGone();
  }

  // What connections say.

  /**
   * A worker has connected.
   *
   * @return whether it is another run of a process that connected before and held tasks: those
   *     leases are to end
   */
  public boolean connected(Link link, long now) {
    Group group = roster.group(link.group());
    Worker known = group.workers.get(link.pid());
    boolean isAnotherRun =
        known != null && known.run != null && link.run() != null && !known.run.equals(link.run());
    Worker worker = roster.connect(link, now);
    requeueSent(worker, now); // An earlier connection may have lost them.
    silence.end(link.pid());
    notifier.deliver(worker, link);
    stirred.add(group);
    boolean isLeft = isAnotherRun && roster.heldBy(link.pid()) > 0;
    if (isLeft) {
      silence.gone(link.pid());
    }
    return isLeft;
  }

  /** A connection has ended. */
  public void disconnected(Link link, long now) {
    Worker worker = roster.disconnect(link);
    if (worker == null) {
      return;
    }
    requeueSent(worker, now);
    stirred.add(worker.group);
    if (worker.isConnected()) {
      return;
    }
    worker.leftAt = now;
    boolean isElsewhere = roster.isConnected(worker.pid);
    if (settings.grace().isZero() || isElsewhere || worker.run == null) {
      roster.remove(worker);
    }
    if (!settings.grace().isZero() && !isElsewhere) {
      silence.begin(worker.pid, now, settings.grace().toMillis());
    }
  }

  /** A connection takes messages again. */
  public void writable(Link link) {
    Group group = roster.groupIfKnown(link.group());
    Worker worker = group == null ? null : group.workers.get(link.pid());
    if (worker != null && group != null) {
      roster.refresh(worker);
      notifier.deliver(worker, link);
      stirred.add(group);
    }
  }

  /** A process has shown that it is alive. */
  public void alive(String pid) {
    silence.end(pid);
  }

  private void requeueSent(Worker worker, long now) {
    for (Offer offer : List.copyOf(worker.sent)) {
      unsend(offer);
      offer.stamp++;
      if (offer.isStrict) {
        // The worker may be alive and about to acquire it.
        timers.add(now + strictGraceMs(), new Timers.Timer.OfferDue(offer, offer.stamp));
      } else {
        makeReady(offer, now);
      }
    }
  }

  private long strictGraceMs() {
    return Math.max(settings.grace().toMillis(), 1_000);
  }

  private void wake(String pid) {
    for (Group group : roster.groupsOf(pid)) {
      stirred.add(group);
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
    roster.close(group, worker, byAddress, run, now);
    return stir(group, worker, byAddress);
  }

  /** A worker is open for work again; answers who was meant. */
  public List<String> resume(String group, String worker, boolean byAddress, long now) {
    roster.open(group, worker, byAddress, now);
    return stir(group, worker, byAddress);
  }

  private List<String> stir(String group, String worker, boolean byAddress) {
    Group known = roster.groupIfKnown(group);
    if (known != null) {
      stirred.add(known);
    }
    return roster.find(group, worker, byAddress).stream().map(found -> found.pid).toList();
  }

  /** A worker is gone: its leases are to end, its connections end. Answers who was meant. */
  public List<String> gone(String group, String worker, boolean byAddress, long now) {
    List<Worker> found = roster.find(group, worker, byAddress);
    found.stream()
        .filter(meant -> meant.draining && roster.heldBy(meant.pid) > 0)
        .forEach(meant -> efforts.excuse(meant.pid));
    roster.open(group, worker, byAddress, now);
    for (Worker meant : found) {
      requeueSent(meant, now);
      List<Link> links = List.copyOf(meant.links);
      meant.links.clear();
      roster.remove(meant);
      links.forEach(Link::close);
      silence.end(meant.pid);
      stirred.add(meant.group);
    }
    List<String> pids = new ArrayList<>(found.stream().map(meant -> meant.pid).toList());
    if (pids.isEmpty() && !byAddress && roster.heldBy(worker) > 0) {
      pids.add(worker);
    }
    pids.forEach(silence::gone);
    return pids;
  }

  /** Sets how many tasks a worker of the group takes at once that did not say; null: unlimited. */
  public void slots(String name, @Nullable Integer slotsPerWorker) {
    Group group = roster.group(name);
    roster.slots(group, slotsPerWorker);
    stirred.add(group);
    roster.forget(group);
  }

  // What the dispatcher does.

  /** Fires the timers that are due. */
  public void fire(long now) {
    for (Timers.Timer timer = timers.poll(now); timer != null; timer = timers.poll(now)) {
      switch (timer) {
        case Timers.Timer.OfferDue(Offer offer, long stamp) -> {
          if (offer.stamp == stamp && offers.get(offer.taskId) == offer) {
            repeat(offer, now);
          }
        }
        case Timers.Timer.DoubtOver(String taskId, long version) ->
            silence.doubtOver(taskId, version);
        case Timers.Timer.GraceOver(String pid, long lostAt) -> {
          roster.removeLost(pid, lostAt);
          if (silence.takeLasting(pid, lostAt) && roster.heldBy(pid) > 0) {
            silence.gone(pid);
          }
        }
      }
    }
    notifier.sweep(now);
  }

  private void repeat(Offer offer, long now) {
    Worker worker = offer.sentTo;
    offer.stamp++;
    if (worker != null) {
      unsend(offer);
      roster.update(worker, () -> worker.missed++);
      offer.avoided = worker.pid;
    }
    if (offer.isStrict) {
      stale.put(offer.taskId, offer.version);
    } else {
      makeReady(offer, now);
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

  /** Sends what can be sent. */
  public void pump(long now) {
    if (paused) {
      return;
    }
    for (Group group : stirred) {
      pump(group, now);
      roster.forget(group);
    }
    stirred.clear();
    for (Post post : posts) {
      if (post.isCurrent()) {
        post(post.offer, post.url, now);
      }
    }
    posts.clear();
  }

  private void pump(Group group, long now) {
    if (group.pinnedCount > 0) {
      pumpPinned(group, now);
    }
    while (!group.waiting.isEmpty()) {
      Offer offer = group.waiting.firstEntry().getValue();
      Worker worker = choose(group, offer);
      if (worker == null) {
        return;
      }
      group.waiting.pollFirstEntry();
      send(offer, worker, now);
    }
  }

  private void pumpPinned(Group group, long now) {
    for (String pid : List.copyOf(group.pinned.keySet())) {
      Worker worker = group.workers.get(pid);
      while (worker != null && worker.hasRoom()) {
        var queue = group.pinned.get(pid);
        if (queue == null) {
          break;
        }
        Offer offer = queue.firstEntry().getValue();
        group.dequeue(offer);
        send(offer, worker, now);
      }
    }
  }

  private static @Nullable Worker choose(Group group, Offer offer) {
    if (offer.address instanceof Address.Any(_, String preferred) && !preferred.isEmpty()) {
      Worker worker = group.workers.get(preferred);
      if (worker != null && worker.hasRoom()) {
        return worker;
      }
    }
    Worker fittest = group.fittest();
    if (fittest != null && fittest.pid.equals(offer.avoided)) {
      Worker next = group.free.higher(fittest);
      return next == null || !next.hasRoom() ? fittest : next;
    }
    return fittest;
  }

  private void send(Offer offer, Worker worker, long now) {
    Link link = worker.links.getFirst();
    offer.sentTo = worker;
    offer.isStrict = link.isStrict();
    offer.attempts++;
    roster.update(
        worker,
        () -> {
          worker.sent.add(offer);
          roster.moved(worker);
        });
    worker.group.sent++;
    worker.group.dispatched.add(now);
    Message message = new Message.Execute(settings.serverUrl().get(), offer.taskId, offer.version);
    link.send(message);
    observer.sent(message, now - offer.readyAt);
    timers.add(now + patienceMs(offer), new Timers.Timer.OfferDue(offer, offer.stamp));
  }

  private long patienceMs(Offer offer) {
    if (offer.isStrict) {
      return STRICT_PATIENCE_MS;
    }
    long patienceMs = settings.redelivery().toMillis() << Math.min(offer.attempts - 1, 10);
    return Math.min(patienceMs, Math.max(settings.retry().toMillis(), 1));
  }

  private void post(Offer offer, String url, long now) {
    offer.attempts++;
    long stamp = offer.stamp;
    Message message = new Message.Execute(settings.serverUrl().get(), offer.taskId, offer.version);
    timers.add(now + settings.retry().toMillis(), new Timers.Timer.OfferDue(offer, stamp));
    push.post(
        url, message, delivered -> reports.report(() -> posted(offer, stamp, delivered, now)));
    observer.sent(message, now - offer.readyAt);
  }

  private void posted(Offer offer, long stamp, boolean delivered, long sentAt) {
    if (!delivered && offer.stamp == stamp && offers.get(offer.taskId) == offer) {
      long backoffMs = PUSH_BACKOFF_MS << Math.min(offer.attempts - 1, 10);
      timers.add(
          sentAt + Math.min(backoffMs, settings.retry().toMillis()),
          new Timers.Timer.OfferDue(offer, stamp));
    }
  }

  /** When {@link #fire} has something to do next; {@code Long.MAX_VALUE} if nothing is planned. */
  public long nextDueAt() {
    return Math.min(timers.nextDueAt(), notifier.nextSweepAt());
  }

  /** Forgets every task and message, as the store has; connections stay. */
  public void clear() {
    offers.values().forEach(offer -> offer.stamp++);
    offers.clear();
    timers.clear();
    notifier.clear();
    posts.clear();
    deferred.clear();
    relapses.clear();
    efforts.clear();
    roster.clearHeld();
    silence.clear();
    stale.clear();
    stirred.clear();
  }

  // What can be seen.

  /** The group as it stands; zeros for one that nobody has named. */
  public GroupView view(String name, long now) {
    Group group = roster.groupIfKnown(name);
    return Views.of(group == null ? new Group(name) : group, now);
  }

  /** The groups that are known, by name. */
  public List<GroupView> views(long now) {
    List<GroupView> views = new ArrayList<>();
    for (Group group : roster.groups()) {
      views.add(Views.of(group, now));
    }
    return views;
  }

  /** How many tasks a process holds. */
  public int heldBy(String pid) {
    return roster.heldBy(pid);
  }

  /** How many workers are connected. */
  public int connectedWorkers() {
    int count = 0;
    for (Group group : roster.groups()) {
      count += (int) group.workers.values().stream().filter(Worker::isConnected).count();
    }
    return count;
  }
}
