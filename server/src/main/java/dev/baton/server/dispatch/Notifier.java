package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.Address;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.server.dispatch.Unblocks.Addressee;
import dev.baton.server.dispatch.Unblocks.Unblock;
import dev.baton.server.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of settled promises: at once where they are connected, else when they connect,
 * while the message lives. A message is delivered when its connection has taken it and has lived on
 * for a moment, or its target has answered well; until then it is sent again. The dispatcher owns
 * it.
 */
final class Notifier {

  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private static final int WAITING_LIMIT = 100_000;
  private static final long FIRST_SWEEP_MS = 1_000;
  private static final long SWEEP_MS = 60_000;

  /** What was written on a connection that breaks within this time may not have been read. */
  private static final long LINGER_MS = 1_000;

  /** When it is first looked whether a connection has taken what it was sent. */
  private static final long LOOK_MS = 200;

  /** How soon it is looked again whether something slow has moved. */
  private static final long LOOK_AGAIN_MS = 500;

  private static final long BACKOFF_MS = 1_000;

  /** So many posts are in flight at once; each carries a whole promise. */
  private static final int MOST_POSTS = 256;

  private final Roster roster;
  private final AddressBook addresses;
  private final Dispatcher.Promises promises;
  private final Timers timers;
  private final Commands commands;
  private final Push push;
  private final Dispatcher.PushReports reports;
  private final Dispatcher.Observer observer;
  private final long retryMs;
  private final Unblocks unblocks = new Unblocks(WAITING_LIMIT);

  /** A sending of a message; of no meaning if the message has been sent again since. */
  private record Sending(Unblock unblock, long at) {}

  /** What has just been sent, in the order of time. */
  private final Deque<Sending> fresh = new ArrayDeque<>();

  /** What was seen to be taken, in the order of time. */
  private final Deque<Sending> lingering = new ArrayDeque<>();

  /** What was not taken when it was time. */
  private List<Sending> slow = new ArrayList<>();

  private final Deque<Unblock> toPost = new ArrayDeque<>();

  /** Posts that failed; when to try again is known in the next sweep. */
  private final List<Unblock> failed = new ArrayList<>();

  private int posts;

  /** Those whose connection took nothing more when it was tried. */
  private final Set<Addressee> heldUp = new LinkedHashSet<>();

  private long nextSweepAt = Long.MAX_VALUE;
  private long nextLookAt = Long.MAX_VALUE;

  Notifier(
      Dispatcher.Settings settings,
      Roster roster,
      AddressBook addresses,
      Timers timers,
      Commands commands,
      Dispatcher.Promises promises,
      Push push,
      Dispatcher.PushReports reports,
      Dispatcher.Observer observer) {
    this.retryMs = settings.retry().toMillis();
    this.roster = roster;
    this.addresses = addresses;
    this.timers = timers;
    this.commands = commands;
    this.promises = promises;
    this.push = push;
    this.reports = reports;
    this.observer = observer;
  }

  void unblock(Outcome.Unblock settled, long now) {
    Promise promise = settled.promise();
    Command.Listener listener = new Command.Listener(promise.id(), settled.address());
    if (unblocks.isKnown(listener)) {
      return;
    }
    switch (addresses.find(settled.address())) {
      case Address.Uni(String group, String pid) -> {
        Addressee addressee = new Addressee(group, pid);
        tellOrKeep(new Unblock(listener, addressee, promise), addressee, promise, now);
      }
      case Address.Any(String group, String pid) ->
          // Whoever is connected will do, but who is named comes first.
          tellOrKeep(
              new Unblock(listener, new Addressee(group, ""), promise),
              new Addressee(group, pid),
              promise,
              now);
      case Address.Http _ -> {
        keep(new Unblock(listener, null, promise), now);
        post();
      }
      case Address.Undelivered _ -> commands.forget(listener);
    }
  }

  private void tellOrKeep(Unblock unblock, Addressee preferred, Promise promise, long now) {
    Addressee addressee = Objects.requireNonNull(unblock.addressee);
    Link found = link(preferred);
    Link link = found == null && !preferred.equals(addressee) ? link(addressee) : found;
    boolean isFirst = unblocks.first(addressee) == null;
    keep(unblock, now);
    PromiseRecord known = promise.isWhole() ? promise.toRecord() : null;
    boolean isSent =
        link != null && isFirst && link.isWritable() && send(unblock, link, known, now);
    if (link != null && !isSent) {
      holdUp(addressee, now);
    }
  }

  /** A connection takes nothing now; it says when it does, but room may also come from others. */
  private void holdUp(Addressee addressee, long now) {
    heldUp.add(addressee);
    nextLookAt = Math.min(nextLookAt, now + LOOK_AGAIN_MS);
  }

  private void keep(Unblock unblock, long now) {
    Unblock dropped = unblocks.add(unblock);
    if (dropped != null) {
      commands.forget(dropped.listener);
    }
    if (unblock.addressee == null) {
      toPost.add(unblock);
    } else {
      unblocks.await(unblock);
    }
    nextSweepAt = Math.min(nextSweepAt, now + FIRST_SWEEP_MS);
  }

  /** The connection that an addressee is told on, or null. */
  private @Nullable Link link(Addressee addressee) {
    Group group = roster.groupIfKnown(addressee.group());
    if (group == null) {
      return null;
    }
    Worker worker =
        addressee.pid().isEmpty()
            ? group.workers.values().stream().filter(Worker::isConnected).findAny().orElse(null)
            : group.workers.get(addressee.pid());
    return worker == null ? null : worker.links.peekFirst();
  }

  /** Sends a message; answers false if the store cannot say now what is in it. */
  private boolean send(Unblock unblock, Link link, @Nullable PromiseRecord known, long now) {
    PromiseRecord record;
    try {
      record = known == null ? promises.find(unblock.listener.awaited()) : known;
    } catch (StorageException e) {
      LOG.warn("What a listener is to be told cannot be read: {}", e.getMessage());
      return false;
    } catch (UnreadableException e) {
      unblocks.remove(unblock); // It has been reported, and stays in the store.
      return true;
    }
    if (record == null) { // There is nothing any more that could be said.
      delivered(unblock);
      return true;
    }
    Message message = new Message.Unblock(record);
    long number = link.send(message);
    observer.sent(message, 0);
    unblocks.send(unblock, link, number, now);
    fresh.add(new Sending(unblock, now));
    return true;
  }

  /** Sends what waits for a worker, as far as its connection takes it. */
  void deliver(Worker worker, Link link, long now) {
    deliver(new Addressee(worker.group.name, worker.pid), link, now);
    deliver(new Addressee(worker.group.name, ""), link, now);
  }

  private void deliver(Addressee addressee, Link link, long now) {
    Unblock next = unblocks.first(addressee);
    while (next != null && link.isWritable() && send(next, link, null, now)) {
      next = unblocks.first(addressee);
    }
    if (next != null) {
      holdUp(addressee, now);
    }
  }

  /** A connection has ended: what it may have lost is sent again. */
  void lost(Link link, long now) {
    Collection<Unblock> lost = unblocks.takeBack(link);
    lost.forEach(unblocks::await);
    lost.stream()
        .map(unblock -> unblock.addressee)
        .distinct()
        .forEach(addressee -> {
          Link other = addressee == null ? null : link(addressee);
          if (other != null && addressee != null) {
            deliver(addressee, other, now);
          }
        });
  }

  private void post() {
    while (posts < MOST_POSTS && !toPost.isEmpty()) {
      Unblock unblock = toPost.remove();
      if (unblocks.isKnown(unblock)) {
        try {
          post(unblock, promises.find(unblock.listener.awaited()));
        } catch (StorageException e) {
          LOG.warn("What a listener is to be told cannot be read: {}", e.getMessage());
          failed.add(unblock);
        } catch (UnreadableException e) {
          unblocks.remove(unblock);
        }
      }
    }
  }

  private void post(Unblock unblock, @Nullable PromiseRecord record) {
    if (record != null
        && addresses.find(unblock.listener.address()) instanceof Address.Http(String url)) {
      posts++;
      Message message = new Message.Unblock(record);
      observer.sent(message, 0);
      push.post(url, message, failure -> reports.report(() -> posted(unblock, failure == null)));
    } else {
      delivered(unblock);
    }
  }

  private void posted(Unblock unblock, boolean isTaken) {
    posts--;
    if (isTaken) {
      delivered(unblock);
    } else {
      failed.add(unblock);
    }
    post();
  }

  /** It is time to post a message again. */
  void postDue(Unblock unblock) {
    toPost.add(unblock);
    post();
  }

  /** Sees what has been delivered, and gives up what nobody will fetch any more. */
  void sweep(long now) {
    for (Unblock unblock : failed) {
      long pauseMs = Math.min(BACKOFF_MS << Math.min(unblock.failures++, 10), retryMs);
      timers.add(now + pauseMs, new Timers.Timer.PostDue(unblock));
    }
    failed.clear();
    while (!fresh.isEmpty() && fresh.peek().at() + LOOK_MS <= now) {
      look(fresh.remove(), now);
    }
    while (!lingering.isEmpty() && lingering.peek().at() + LINGER_MS <= now) {
      Sending taken = lingering.remove();
      if (isCurrent(taken)) {
        delivered(taken.unblock());
      }
    }
    if (nextLookAt <= now) {
      nextLookAt = Long.MAX_VALUE;
      lookAgain(now);
    }
    if (nextSweepAt <= now) {
      unblocks.expired(now).forEach(this::delivered);
      nextSweepAt = now + SWEEP_MS;
    }
    if (unblocks.isEmpty()) {
      nextSweepAt = Long.MAX_VALUE;
    }
  }

  /** Sees whether a connection has taken a message; from then on it lingers. */
  private void look(Sending sending, long now) {
    Unblock unblock = sending.unblock();
    Link link = unblock.sentOn;
    if (link == null || !isCurrent(sending)) {
      return;
    }
    if (link.taken() < unblock.number) {
      slow.add(sending);
      nextLookAt = Math.min(nextLookAt, now + LOOK_AGAIN_MS);
    } else {
      unblock.sentAt = now;
      lingering.add(new Sending(unblock, now));
    }
  }

  /** Whether it has neither come back nor been sent again. */
  private static boolean isCurrent(Sending sending) {
    return sending.unblock().sentOn != null && sending.unblock().sentAt == sending.at();
  }

  private void lookAgain(long now) {
    List<Sending> again = slow;
    slow = new ArrayList<>();
    again.forEach(sending -> look(sending, now));
    List<Addressee> waiting = List.copyOf(heldUp);
    heldUp.clear();
    for (Addressee addressee : waiting) {
      Link link = link(addressee);
      if (link != null) {
        deliver(addressee, link, now);
      }
    }
  }

  private void delivered(Unblock unblock) {
    if (unblocks.isKnown(unblock)) {
      unblocks.remove(unblock);
      commands.forget(unblock.listener);
    }
  }

  /** What is planned happens so much later. */
  void move(long byMs) {
    nextSweepAt = moved(nextSweepAt, byMs);
    nextLookAt = moved(nextLookAt, byMs);
    move(fresh, byMs);
    move(lingering, byMs);
    move(slow, byMs);
  }

  private static void move(Collection<Sending> sendings, long byMs) {
    List<Sending> before = List.copyOf(sendings);
    sendings.clear();
    for (Sending sending : before) {
      if (isCurrent(sending)) {
        sending.unblock().sentAt += byMs;
        sendings.add(new Sending(sending.unblock(), sending.at() + byMs));
      }
    }
  }

  private static long moved(long at, long byMs) {
    return at == Long.MAX_VALUE ? at : at + byMs;
  }

  /** When {@link #sweep} has something to do; {@code Long.MAX_VALUE} if nothing waits. */
  long nextSweepAt() {
    return Math.min(
        Math.min(dueAt(fresh, LOOK_MS), dueAt(lingering, LINGER_MS)),
        Math.min(nextLookAt, nextSweepAt));
  }

  private static long dueAt(Deque<Sending> sendings, long afterMs) {
    Sending oldest = sendings.peek();
    return oldest == null ? Long.MAX_VALUE : oldest.at() + afterMs;
  }

  void clear() {
    unblocks.clear();
    fresh.clear();
    lingering.clear();
    slow.clear();
    toPost.clear();
    failed.clear();
    heldUp.clear();
    nextSweepAt = Long.MAX_VALUE;
    nextLookAt = Long.MAX_VALUE;
  }
}
