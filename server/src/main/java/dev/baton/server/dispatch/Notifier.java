package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.protocol.Address;
import dev.baton.protocol.Message;
import java.util.List;

/**
 * Tells listeners of settled promises: at once where they are connected, else when they connect,
 * while the message lives. The dispatcher owns it.
 */
final class Notifier {

  private static final int WAITING_LIMIT = 100_000;
  private static final long FIRST_SWEEP_MS = 1_000;
  private static final long SWEEP_MS = 60_000;

  private final Roster roster;
  private final AddressBook addresses;
  private final Commands commands;
  private final Push push;
  private final Dispatcher.PushReports reports;
  private final Dispatcher.Observer observer;
  private final Unblocks waiting = new Unblocks(WAITING_LIMIT);
  private long nextSweepAt = Long.MAX_VALUE;

  Notifier(
      Roster roster,
      AddressBook addresses,
      Commands commands,
      Push push,
      Dispatcher.PushReports reports,
      Dispatcher.Observer observer) {
    this.roster = roster;
    this.addresses = addresses;
    this.commands = commands;
    this.push = push;
    this.reports = reports;
    this.observer = observer;
  }

  void unblock(Outcome.Unblock unblock, long now) {
    Command.Listener listener = new Command.Listener(unblock.promise().id(), unblock.address());
    switch (addresses.find(unblock.address())) {
      case Address.Uni(String group, String pid) ->
          deliverOrKeep(new Unblocks.Pending(listener, group, pid, unblock.promise()), true, now);
      case Address.Any(String group, String pid) ->
          deliverOrKeep(new Unblocks.Pending(listener, group, pid, unblock.promise()), false, now);
      case Address.Http(String url) ->
          push.post(
              url,
              new Message.Unblock(unblock.promise()),
              _ -> reports.report(() -> commands.forget(listener)));
      case Address.Undelivered _ -> commands.forget(listener);
    }
  }

  private void deliverOrKeep(Unblocks.Pending pending, boolean only, long now) {
    Group group = roster.groupIfKnown(pending.group());
    Worker worker = group == null ? null : group.workers.get(pending.pid());
    if ((worker == null || !worker.isConnected()) && !only && group != null) {
      worker = group.workers.values().stream().filter(Worker::isConnected).findAny().orElse(null);
    }
    Link link = worker == null ? null : worker.links.peekFirst();
    if (link != null && link.isWritable()) {
      send(link, pending);
      return;
    }
    String addressee = only ? pending.pid() : "";
    Unblocks.Pending dropped =
        waiting.add(
            new Unblocks.Pending(
                pending.listener(), pending.group(), addressee, pending.promise()));
    if (dropped != null) {
      commands.forget(dropped.listener());
    }
    nextSweepAt = Math.min(nextSweepAt, now + FIRST_SWEEP_MS);
  }

  private void send(Link link, Unblocks.Pending pending) {
    Message message = new Message.Unblock(pending.promise());
    link.send(message);
    observer.sent(message, 0);
    commands.forget(pending.listener());
  }

  /** Sends what waits for a worker whose connection takes messages. */
  void deliver(Worker worker, Link link) {
    for (String addressee : List.of(worker.pid, "")) {
      for (Unblocks.Pending pending : waiting.take(worker.group.name, addressee)) {
        send(link, pending);
      }
    }
  }

  /** Gives up what nobody will fetch any more, if it is time to look. */
  void sweep(long now) {
    if (nextSweepAt <= now) {
      waiting.takeExpired(now).forEach(expired -> commands.forget(expired.listener()));
      nextSweepAt = waiting.size() == 0 ? Long.MAX_VALUE : now + SWEEP_MS;
    }
  }

  /** What is planned happens so much later. */
  void move(long byMs) {
    nextSweepAt = nextSweepAt == Long.MAX_VALUE ? nextSweepAt : nextSweepAt + byMs;
  }

  /** When {@link #sweep} has something to do; {@code Long.MAX_VALUE} if nothing waits. */
  long nextSweepAt() {
    return nextSweepAt;
  }

  void clear() {
    waiting.clear();
    nextSweepAt = Long.MAX_VALUE;
  }
}
