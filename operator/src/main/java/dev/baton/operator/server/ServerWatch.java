package dev.baton.operator.server;

import dev.baton.operator.server.ServerUnavailableException.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Follows all groups of one server until it is closed. One virtual thread owns the stream and tells
 * what it sees; which groups somebody cares about may change meanwhile.
 */
final class ServerWatch<K> implements AutoCloseable {

  private final GroupsApi api;
  private final ServerLine line;
  private final WatchTimings timings;
  private final GroupWatches.Listener<K> changed;
  private final Thread owner;

  /** Who cares about a group, by its name. */
  private final Map<String, Set<K>> followers = new HashMap<>();

  /** What the server knows something of; of the others it knows nothing. */
  private final Map<String, GroupFigures> groups = new ConcurrentHashMap<>();

  /** Null once the groups have been seen; else why they are not. */
  private volatile @Nullable Sighting blindness = new Sighting.NotYet();

  /** Whether the token has been refused since the groups were seen last. Only the owner's. */
  private boolean isRefused;

  private volatile boolean closed;

  ServerWatch(
      GroupsApi api, ServerLine line, WatchTimings timings, GroupWatches.Listener<K> changed) {
    this.api = api;
    this.line = line;
    this.timings = timings;
    this.changed = changed;
    this.owner = Thread.ofVirtual().name("server-watch " + line.server()).unstarted(this::run);
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

  /** Takes what was set at the server, into what it has shown. */
  void noteSlots(String group, @Nullable Integer slots) {
    groups.compute(
        group, (name, known) -> (known == null ? GroupFigures.none(name) : known).withSlots(slots));
  }

  private void note(GroupFigures figures) {
    String group = figures.group();
    GroupFigures before =
        figures.equals(GroupFigures.none(group))
            ? groups.remove(group)
            : groups.put(group, figures);
    if (blindness == null && !figures.equals(before)) {
      tell(Map.of(group, figures.isNewsAfter(before)));
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
          if (isFirstRefusal(e)) {
            isRefused = true;
            tell(null); // Who asks reads the token again: a new one has a watch of its own.
            Thread.sleep(jittered(timings.lastRetry()));
            continue;
          }
          failures = blindness instanceof Sighting.Unseen ? failures + 1 : 1;
          lose(new Sighting.Unseen(e.kind(), e.text()));
          Thread.sleep(jittered(timings.retryAfter(failures)));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** A token that was good has perhaps been replaced, and read before that. */
  private boolean isFirstRefusal(ServerUnavailableException e) {
    return blindness == null
        && !isRefused
        && (e.kind() == Kind.UNAUTHORIZED || e.kind() == Kind.TOKEN_EXPIRED);
  }

  /** Follows one answer to its end; returns how long to wait before the next. */
  private Duration follow() throws InterruptedException {
    try (GroupStream stream = api.follow(line)) {
      while (true) {
        switch (stream.next(timings.silence())) {
          case GroupStream.Item.All(List<GroupFigures> all) -> take(all);
          case GroupStream.Item.Figures(GroupFigures figures) -> note(figures);
          case GroupStream.Item.KeepAlive _ -> {}
          case GroupStream.Item.Silence _ -> {
            take(api.figures(line));
            if (stream.isLive()) { // the server answers, and this stream is dead: nobody closes it
              return Duration.ZERO;
            }
          }
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
    Map<String, Boolean> different = new HashMap<>();
    next.forEach((group, figures) -> {
      GroupFigures before = groups.put(group, figures);
      if (!figures.equals(before)) {
        different.put(group, figures.isNewsAfter(before));
      }
    });
    groups
        .keySet()
        .removeIf(group -> !next.containsKey(group) && different.put(group, true) == null);
    isRefused = false;
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

  /** Tells those who care about these groups, and whether it is news; null means all. */
  private void tell(@Nullable Map<String, Boolean> different) {
    Map<K, Boolean> told = new HashMap<>();
    synchronized (followers) {
      if (different == null) {
        followers.values().forEach(keys -> keys.forEach(key -> told.put(key, true)));
      } else {
        different.forEach((group, news) ->
            followers.getOrDefault(group, Set.of()).forEach(key -> told.put(key, news)));
      }
    }
    if (!closed) {
      told.forEach(changed::changed);
    }
  }

  /** Half to all of it, so that many watches do not come back at once. */
  private static Duration jittered(Duration pause) {
    return pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100);
  }
}
