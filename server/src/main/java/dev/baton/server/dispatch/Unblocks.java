package dev.baton.server.dispatch;

import dev.baton.core.Command;
import dev.baton.protocol.PromiseRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Unblock messages whose addressee is not connected. They wait for its life to go on: until the
 * promise's deadline, at least a minute and at most a day after it was settled, and while there are
 * no more than a limit of them, the oldest going first.
 */
final class Unblocks {

  private static final long LEAST_MS = 60_000;
  private static final long MOST_MS = 86_400_000;

  /** One message; the address as the listener wrote it. */
  record Pending(Command.Listener listener, String group, String pid, PromiseRecord promise) {
    long expiresAt() {
      long settledAt = promise.settledAt() == null ? 0 : promise.settledAt();
      return Math.min(Math.max(promise.timeoutAt(), settledAt + LEAST_MS), settledAt + MOST_MS);
    }
  }

  private record Addressee(String group, String pid) {}

  private final int limit;
  private final LinkedHashMap<Command.Listener, Pending> byAge = new LinkedHashMap<>();
  private final Map<Addressee, LinkedHashMap<Command.Listener, Pending>> byAddressee =
      new HashMap<>();

  Unblocks(int limit) {
    this.limit = limit;
  }

  /** Keeps a message; answers what had to go for it, or null. */
  @Nullable Pending add(Pending pending) {
    byAge.put(pending.listener(), pending);
    byAddressee
        .computeIfAbsent(new Addressee(pending.group(), pending.pid()), _ -> new LinkedHashMap<>())
        .put(pending.listener(), pending);
    if (byAge.size() <= limit) {
      return null;
    }
    Pending oldest = byAge.firstEntry().getValue();
    remove(oldest);
    return oldest;
  }

  /** Takes all that wait for a connection. An empty pid stands for any of the group. */
  List<Pending> take(String group, String pid) {
    LinkedHashMap<Command.Listener, Pending> found = byAddressee.remove(new Addressee(group, pid));
    if (found == null) {
      return List.of();
    }
    found.keySet().forEach(byAge::remove);
    return List.copyOf(found.values());
  }

  /** Takes those whose life is over. */
  List<Pending> takeExpired(long now) {
    List<Pending> expired = new ArrayList<>();
    for (Pending pending : byAge.values()) {
      if (pending.expiresAt() <= now) {
        expired.add(pending);
      }
    }
    expired.forEach(this::remove);
    return expired;
  }

  private void remove(Pending pending) {
    byAge.remove(pending.listener());
    Addressee addressee = new Addressee(pending.group(), pending.pid());
    LinkedHashMap<Command.Listener, Pending> rest = byAddressee.get(addressee);
    if (rest != null) {
      rest.remove(pending.listener());
      if (rest.isEmpty()) {
        byAddressee.remove(addressee);
      }
    }
  }

  int size() {
    return byAge.size();
  }

  void clear() {
    byAge.clear();
    byAddressee.clear();
  }
}
