package dev.baton.operator.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows all groups of one server until it is closed. One virtual thread owns the stream and tells
 * what it sees; which groups somebody cares about may change meanwhile.
 */
final class ServerWatch<K> implements AutoCloseable {

  private final GroupsApi api;
  private final ServerAddress address;
  private final WatchTimings timings;
  private final Consumer<K> changed;
  private final Thread owner;

  /** Who cares about a group, by its name. */
  private final Map<String, Set<K>> followers = new HashMap<>();

  /** What the server knows something of; of the others it knows nothing. */
  private final Map<String, GroupFigures> groups = new ConcurrentHashMap<>();

  /** Null once the groups have been seen; else why they are not. */
  private volatile @Nullable Sighting blindness = new Sighting.NotYet();

  private volatile boolean closed;

  ServerWatch(GroupsApi api, ServerAddress address, WatchTimings timings, Consumer<K> changed) {
    this.api = api;
    this.address = address;
    this.timings = timings;
    this.changed = changed;
    this.owner = Thread.ofVirtual().name("server-watch " + address.server()).unstarted(this::run);
  }

  void start() {
    owner.start();
  }

  void add(K key, String group) {
    synchronized (followers) {
      followers.computeIfAbsent(group, _ -> new HashSet<>()).add(key);
    }
  }

  /** Whether anybody is left. */
  boolean remove(K key, String group) {
    synchronized (followers) {
      followers.computeIfPresent(
          group, (_, keys) -> keys.remove(key) && keys.isEmpty() ? null : keys);
      return !followers.isEmpty();
    }
  }

  Sighting latest(String group) {
    Sighting blind = blindness;
    return blind != null
        ? blind
        : new Sighting.Seen(groups.getOrDefault(group, GroupFigures.none(group)));
  }

  /** What the server knows something of; empty while it is not seen. */
  List<GroupFigures> all() {
    return blindness == null ? List.copyOf(groups.values()) : List.of();
  }

  /** Takes figures that came by another way. */
  void note(GroupFigures figures) {
    String group = figures.group();
    GroupFigures before =
        figures.equals(GroupFigures.none(group))
            ? groups.remove(group)
            : groups.put(group, figures);
    if (blindness == null && !figures.equals(before)) {
      tell(Set.of(group));
    }
  }

  @Override
  public void close() {
    closed = true;
    owner.interrupt();
  }

  private void run() {
    int failures = 0;
    try {
      while (!closed) {
        try {
          Thread.sleep(follow());
          failures = 0;
        } catch (ServerUnavailableException e) {
          failures = blindness instanceof Sighting.Unseen ? failures + 1 : 1;
          lose(new Sighting.Unseen(e.kind(), e.text()));
          Thread.sleep(jittered(timings.retryAfter(failures)));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Follows one answer to its end; returns how long to wait before the next. */
  private Duration follow() throws InterruptedException {
    try (GroupStream stream = api.follow(address)) {
      while (true) {
        switch (stream.next(timings.silence())) {
          case GroupStream.Item.All(List<GroupFigures> all) -> take(all);
          case GroupStream.Item.Figures(GroupFigures figures) -> note(figures);
          case GroupStream.Item.KeepAlive _ -> {}
          case GroupStream.Item.Silence _ -> take(api.figures(address));
          case GroupStream.Item.Failure(ServerUnavailableException cause) -> throw cause;
          case GroupStream.Item.End _ -> {
            return stream.isLive() ? timings.firstRetry() : timings.look();
          }
        }
      }
    }
  }

  private void take(List<GroupFigures> all) {
    Map<String, GroupFigures> next = new HashMap<>();
    all.forEach(figures -> next.put(figures.group(), figures));
    Set<String> different = new HashSet<>();
    next.forEach((group, figures) -> {
      if (!figures.equals(groups.put(group, figures))) {
        different.add(group);
      }
    });
    groups.keySet().removeIf(group -> !next.containsKey(group) && different.add(group));
    boolean wasBlind = blindness != null;
    blindness = null;
    tell(wasBlind ? null : different);
  }

  private void lose(Sighting.Unseen unseen) {
    boolean isNew = !unseen.equals(blindness);
    blindness = unseen;
    groups.clear();
    if (isNew) {
      tell(null);
    }
  }

  /** Tells those who care about these groups; null means all. */
  private void tell(@Nullable Set<String> different) {
    List<K> told = new ArrayList<>();
    synchronized (followers) {
      followers.forEach((group, keys) -> {
        if (different == null || different.contains(group)) {
          told.addAll(keys);
        }
      });
    }
    if (!closed) {
      told.forEach(changed);
    }
  }

  /** Half to all of it, so that many watches do not come back at once. */
  private static Duration jittered(Duration pause) {
    return pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100);
  }
}
