package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Unblock messages that have not been delivered, without what they say: that is read when they are
 * sent. They wait for their addressee to take them, or are on their way on a connection.
 *
 * <p>Their life is that of the promise: until its deadline, at least a minute and at most a day
 * after it was settled, and while there are no more than a limit of them, the oldest going first.
 */
final class Unblocks {

  private static final long LEAST_MS = 60_000;
  private static final long MOST_MS = 86_400_000;

  /** Who is to be told; an empty pid stands for any of the group. */
  record Addressee(String group, String pid) {}

  /** One message. Mutable; its owner is the notifier. */
  static final class Unblock {
    /** The address as the listener wrote it. */
    final Command.Listener listener;

    /** Whom it waits for, or null if it is posted. */
    final @Nullable Addressee addressee;

    final long expiresAt;

    /** The connection that it was sent on, or null. */
    @Nullable Link sentOn;

    /** Its number there. */
    long number;

    /** When it was sent, or, once it was seen to be taken, then. */
    long sentAt;

    /** How often it was posted in vain. */
    int failures;

    Unblock(Command.Listener listener, @Nullable Addressee addressee, Promise settled) {
      this.listener = listener;
      this.addressee = addressee;
      long settledAt =
          settled.state() instanceof PromiseState.Settled(_, _, long at) ? at : settled.createdAt();
      this.expiresAt =
          Math.min(Math.max(settled.timeoutAt(), settledAt + LEAST_MS), settledAt + MOST_MS);
    }
  }

  private final int limit;
  private final LinkedHashMap<Command.Listener, Unblock> byAge = new LinkedHashMap<>();
  private final Map<Addressee, LinkedHashSet<Unblock>> waiting = new HashMap<>();
  private final Map<Link, LinkedHashSet<Unblock>> sent = new HashMap<>();

  Unblocks(int limit) {
    this.limit = limit;
  }

  /** Whether a listener is yet to be told. */
  boolean isKnown(Command.Listener listener) {
    return byAge.containsKey(listener);
  }

  /** Whether this very message is yet to be delivered. */
  boolean isKnown(Unblock unblock) {
    return byAge.get(unblock.listener) == unblock;
  }

  /** Keeps a message; answers what had to go for it, or null. */
  @Nullable Unblock add(Unblock unblock) {
    byAge.put(unblock.listener, unblock);
    if (byAge.size() <= limit) {
      return null;
    }
    Unblock oldest = byAge.firstEntry().getValue();
    remove(oldest);
    return oldest;
  }

  /** Lets a message wait for its addressee. */
  void await(Unblock unblock) {
    if (unblock.addressee != null) {
      waiting.computeIfAbsent(unblock.addressee, _ -> new LinkedHashSet<>()).add(unblock);
    }
  }

  /** The message that has waited longest for an addressee, or null. */
  @Nullable Unblock first(Addressee addressee) {
    Set<Unblock> queue = waiting.get(addressee);
    return queue == null ? null : queue.iterator().next();
  }

  /** A message leaves on a connection. */
  void send(Unblock unblock, Link link, long number, long now) {
    stopWaiting(unblock);
    unblock.sentOn = link;
    unblock.number = number;
    unblock.sentAt = now;
    sent.computeIfAbsent(link, _ -> new LinkedHashSet<>()).add(unblock);
  }

  /** Takes back what left on a connection and may not have arrived, in order. */
  Collection<Unblock> takeBack(Link link) {
    Set<Unblock> lost = sent.remove(link);
    if (lost == null) {
      return List.of();
    }
    lost.forEach(unblock -> unblock.sentOn = null);
    return lost;
  }

  /** The messages whose life is over. */
  List<Unblock> expired(long now) {
    List<Unblock> expired = new ArrayList<>();
    for (Unblock unblock : byAge.values()) {
      if (unblock.expiresAt <= now) {
        expired.add(unblock);
      }
    }
    return expired;
  }

  /** Forgets a message. */
  void remove(Unblock unblock) {
    byAge.remove(unblock.listener, unblock);
    stopWaiting(unblock);
    if (unblock.sentOn != null) {
      Set<Unblock> others = sent.get(unblock.sentOn);
      if (others != null && others.remove(unblock) && others.isEmpty()) {
        sent.remove(unblock.sentOn);
      }
      unblock.sentOn = null;
    }
  }

  private void stopWaiting(Unblock unblock) {
    Set<Unblock> queue = unblock.addressee == null ? null : waiting.get(unblock.addressee);
    if (queue != null && queue.remove(unblock) && queue.isEmpty()) {
      waiting.remove(unblock.addressee);
    }
  }

  boolean isEmpty() {
    return byAge.isEmpty();
  }

  void clear() {
    byAge.clear();
    waiting.clear();
    sent.clear();
  }
}
