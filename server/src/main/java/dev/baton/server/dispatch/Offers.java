package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Task;
import dev.baton.protocol.Address;
import dev.baton.protocol.Message;
import dev.baton.server.dispatch.Dispatcher.Settings;
import dev.baton.server.record.Event;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ready tasks: each waits here until a worker with room can take it, is sent to that worker,
 * and offered anew when it is not acquired. What has an http target is posted.
 */
final class Offers {

  /** How long a strict link's worker has to acquire what it was sent. */
  private static final long STRICT_PATIENCE_MS = 60_000;

  private final Settings settings;
  private final Roster roster;
  private final Timers timers;
  private final Commands commands;
  private final Posts posts;
  private final Dispatcher.Observer observer;
  private final Recording recording;
  private final Dispatcher.Promises promises;
  private final Gatherings gatherings;
  private final Map<String, Offer> offers = new HashMap<>();
  private final Set<Group> changed = new LinkedHashSet<>();

  /** What a worker has been sent before it is durable; null most of the time. */
  private @Nullable Offer ahead;

  private long turns;

  /** Below every other turn. */
  private long handOverTurns = Long.MIN_VALUE;

  Offers(
      Settings settings,
      Roster roster,
      Timers timers,
      Commands commands,
      Posts posts,
      Dispatcher.Observer observer,
      Dispatcher.Promises promises,
      Recording recording) {
    this.settings = settings;
    this.roster = roster;
    this.timers = timers;
    this.commands = commands;
    this.posts = posts;
    this.observer = observer;
    this.recording = recording;
    this.promises = promises;
    this.gatherings = new Gatherings(roster, timers, this::markChanged);
  }

  /** Workers that come back to what waits for them. */
  Gatherings gatherings() {
    return gatherings;
  }

  /** Something of the group has changed: the next pump looks at it. */
  void markChanged(Group group) {
    changed.add(group);
  }

  /**
   * A task is ready.
   *
   * @param lastHolder who gave it back or lost it; null if nobody held it
   * @param effort how its deliveries went; null if none has failed
   */
  void offer(
      Task after, Address address, @Nullable String lastHolder, @Nullable Effort effort, long now) {
    Offer known = offers.get(after.id());
    if (known != null && confirms(after, known, now)) {
      return;
    }
    if (known != null && known.version == after.version()) {
      return; // The protocol's retry timer: this dispatcher knows better when to repeat.
    }
    if (known != null) {
      withdraw(after.id());
    }
    // Work that was begun and handed over goes before work that has only waited, but not for ever.
    boolean isFirst = lastHolder != null && (effort == null || !effort.isHeldBack());
    long turn = isFirst ? ++handOverTurns : ++turns;
    Offer offer = new Offer(after.id(), after.version(), address, now, turn);
    offers.put(offer.taskId, offer);
    offer.avoided = lastHolder;
    offer.isRefused = effort != null && lastHolder != null && lastHolder.equals(effort.refusedBy);
    if (effort != null && effort.againAt > now) {
      offer.isPausing = true;
      timers.add(effort.againAt, new Timers.Timer.OfferDue(offer, offer.stamp));
    } else {
      makeReady(offer, now);
    }
  }

  /**
   * Sends a new task to a worker with room, if there is one and nothing waits before it; answers
   * whether. Until {@link #offer} says the same, nobody is shown it.
   */
  boolean sendAhead(Task task, Address address, long now) {
    Group group = address instanceof Address.Poll poll ? roster.groupIfKnown(poll.group()) : null;
    if (group == null
        || group.waiting.size() > 0
        || group.gathering != null
        || offers.containsKey(task.id())) {
      return false;
    }
    Offer offer = new Offer(task.id(), task.version(), address, now, ++turns);
    read(offer, group);
    Worker worker =
        address instanceof Address.Uni(_, String pid)
            ? group.workers.get(pid)
            : group.choose(offer);
    if (worker == null || !worker.hasRoom() || worker.links.getFirst().isStrict()) {
      return false;
    }
    offers.put(offer.taskId, offer);
    ahead = offer;
    bind(offer, worker, now);
    worker.links.getFirst().send(message(offer));
    return true;
  }

  /** What was sent ahead, and has not been confirmed, was never offered. */
  void takeBack() {
    if (ahead != null) {
      withdraw(ahead.taskId);
    }
  }

  /** Whether it is what was sent ahead, which now is as it was said to be. */
  private boolean confirms(Task after, Offer known, long now) {
    Worker worker = known.sentTo;
    if (known != ahead || known.version != after.version() || worker == null) {
      return false;
    }
    ahead = null;
    sent(known, worker, message(known), now);
    return true;
  }

  @Nullable Offer of(String taskId) {
    return offers.get(taskId);
  }

  /** Who has been sent a task and has not acquired it; null if nobody. */
  @Nullable String sentTo(String taskId) {
    Offer offer = offers.get(taskId);
    return offer == null || offer.sentTo == null ? null : offer.sentTo.pid;
  }

  /** The clock was set: what is ready has been so since another instant. */
  void clockMoved(long byMs) {
    offers.values().forEach(offer -> offer.readyAt += byMs);
  }

  /** Whether a post of the task is under way. */
  boolean isBeingPosted(String taskId) {
    return posts.isUnderWay(taskId);
  }

  private void makeReady(Offer offer, long now) {
    switch (offer.address) {
      case Address.Poll poll -> {
        long waitsForAnotherUntil = offer.readyAt + settings.redelivery().toMillis();
        offer.isRefused &= now < waitsForAnotherUntil;
        if (offer.isRefused) {
          timers.add(waitsForAnotherUntil, new Timers.Timer.OfferDue(offer, offer.stamp));
        }
        Group group = roster.group(poll.group());
        read(offer, group);
        group.enqueue(offer);
        markChanged(group);
      }
      case Address.Http(String url) -> posts.add(offer, url);
      case Address.Undelivered _ -> {}
    }
  }

  /** Finds out what a task asks for, if its group has workers that have said what they have. */
  private void read(Offer offer, Group group) {
    if (!offer.isRead && group.announces()) {
      offer.isRead = true;
      offer.wants = promises.function(offer.taskId);
    }
  }

  /** Whether a task waits for a worker that has its function, and none is connected. */
  boolean isUnknown(Offer offer) {
    if (offer.wants == null || !(offer.address instanceof Address.Any poll)) {
      return false;
    }
    Group group = roster.groupIfKnown(poll.group());
    return group != null && group.announces() && !group.hasWorkerFor(offer.wants);
  }

  /** A task is not ready any more. */
  void withdraw(String taskId) {
    Offer offer = offers.remove(taskId);
    if (offer == null) {
      return;
    }
    ahead = offer == ahead ? null : ahead;
    offer.stamp++;
    if (offer.sentTo != null) {
      unsend(offer);
    } else {
      dequeue(offer);
    }
  }

  private void dequeue(Offer offer) {
    if (offer.isQueued && offer.address instanceof Address.Poll poll) {
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
    markChanged(worker.group);
  }

  /** What was sent to a worker may not have arrived. */
  void requeueSent(Worker worker, Event.Cause cause, long now) {
    for (Offer offer : List.copyOf(worker.sent)) {
      unsend(offer);
      recording.notTaken(offer, worker, cause, now);
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

  /**
   * The time to acquire an offer, or the pause before it, is over; unless it has moved on since.
   */
  void due(Offer offer, long stamp, long now) {
    if (offer.stamp == stamp) {
      repeat(offer, now);
    }
  }

  private void repeat(Offer offer, long now) {
    Worker worker = offer.sentTo;
    offer.stamp++;
    if (offer.isPausing) {
      offer.isPausing = false;
      recording.ready(offer, group(offer), now);
    }
    if (offer.isQueued) {
      dequeue(offer);
      offer.isRefused = false; // It has waited long enough for somebody else.
    }
    if (worker != null) {
      unsend(offer);
      recording.notTaken(offer, worker, Event.Cause.NOT_ACQUIRED, now);
      roster.update(worker, () -> worker.missed++);
      offer.avoided = worker.pid;
    }
    if (offer.isStrict) {
      commands.add(new Command.RenewOffer(offer.taskId, offer.version));
    } else {
      makeReady(offer, now);
    }
  }

  private static @Nullable String group(Offer offer) {
    return offer.address instanceof Address.Poll poll ? poll.group() : null;
  }

  /** Sends what can be sent. */
  void pump(long now) {
    for (Group group : changed) {
      pump(group, now);
      if (group.gathering != null && group.waiting.forAnyone() == 0) {
        gatherings.end(group);
      }
      roster.forget(group);
    }
    changed.clear();
    posts.send(now);
  }

  private void pump(Group group, long now) {
    if (group.waiting.hasPinned()) {
      pumpPinned(group, now);
    }
    while (group.fittest() != null) {
      Offer offer = group.next(waiting -> read(waiting, group));
      Worker worker = offer == null ? null : group.choose(offer);
      if (offer == null || worker == null) {
        return;
      }
      send(offer, worker, now);
    }
  }

  private void pumpPinned(Group group, long now) {
    for (String pid : group.waiting.awaitedPids()) {
      Worker worker = group.workers.get(pid);
      while (worker != null && worker.hasRoom()) {
        Offer offer = group.waiting.firstFor(pid);
        if (offer == null) {
          break;
        }
        send(offer, worker, now);
      }
    }
  }

  private void send(Offer offer, Worker worker, long now) {
    dequeue(offer);
    bind(offer, worker, now);
    Message message = message(offer);
    worker.links.getFirst().send(message);
    sent(offer, worker, message, now);
  }

  /** An offer takes a worker's room. */
  private void bind(Offer offer, Worker worker, long now) {
    offer.isRefused = false;
    offer.stamp++; // That it has waited is over.
    offer.sentTo = worker;
    offer.sentAt = now;
    offer.isStrict = worker.links.getFirst().isStrict();
    offer.attempts++;
    roster.update(
        worker,
        () -> {
          worker.sent.add(offer);
          worker.takenOfBacklog++;
          roster.moved(worker);
        });
    worker.group.sent++;
  }

  private Message message(Offer offer) {
    return new Message.Execute(settings.serverUrl().get(), offer.taskId, offer.version);
  }

  /** An offer has left for a worker. */
  private void sent(Offer offer, Worker worker, Message message, long now) {
    worker.group.dispatched.add(now);
    worker.group.waits.add(now - offer.readyAt);
    recording.sent(offer, worker, now);
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

  void clear() {
    offers.values().forEach(offer -> offer.stamp++);
    offers.clear();
    ahead = null;
    posts.clear();
    changed.clear();
  }
}
