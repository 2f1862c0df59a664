package dev.baton.operator.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are being watched, by whatever key their owner gives them: one stream a server,
 * whatever the number of groups, and for each token that it is asked with. Thread-safe.
 */
public final class GroupWatches<K> implements AutoCloseable {

  /** Is told, from any thread, that the sighting of a key has changed. */
  public interface Listener<K> {
    /**
     * It has.
     *
     * @param news false if tasks have only begun and ended
     */
    void changed(K key, boolean news);
  }

  private record Watched(GroupAddress address, @Nullable ServerLine line) {}

  private final GroupsApi api;
  private final WatchTimings timings;
  private final Listener<K> changed;
  private final Map<K, Watched> watched = new HashMap<>();
  private final Map<ServerLine, ServerWatch<K>> servers = new HashMap<>();

  /** With whom to tell every change. */
  public GroupWatches(GroupsApi api, WatchTimings timings, Consumer<K> changed) {
    this(api, timings, (key, _) -> changed.accept(key));
  }

  /** With whom to tell. */
  public GroupWatches(GroupsApi api, WatchTimings timings, Listener<K> changed) {
    this.api = api;
    this.timings = timings;
    this.changed = changed;
  }

  /** The last sighting; the first call for a server begins to watch it. */
  public Sighting sighting(K key, GroupAddress address) {
    ServerLine line;
    try {
      line = new ServerLine(address.server(), api.tokens().forServer(address.at()));
    } catch (ServerUnavailableException e) {
      follow(key, new Watched(address, null));
      return new Sighting.Unseen(e.kind(), e.text());
    }
    return follow(key, new Watched(address, line));
  }

  private synchronized Sighting follow(K key, Watched now) {
    Watched known = watched.get(key);
    ServerLine line = now.line();
    if (line == null) {
      if (!now.equals(known)) {
        forget(key);
        watched.put(key, now);
      }
      return new Sighting.NotYet();
    }
    ServerWatch<K> watch = servers.get(line);
    if (watch == null) {
      watch = new ServerWatch<>(api, line, timings, changed);
      servers.put(line, watch);
      watch.start();
    }
    String group = now.address().group();
    if (!now.equals(known)) {
      watch.add(key, group);
      Sighting sighting = watch.latest(group);
      ServerWatch<K> before =
          known == null || known.line() == null ? null : servers.get(known.line());
      if (sighting instanceof Sighting.NotYet
          && before != null
          && isSameGroup(known, now)
          && before.latest(group) instanceof Sighting.Seen seen) {
        return seen; // with the token before, until the new one has shown something
      }
      forget(key);
      watched.put(key, now);
    }
    return watch.latest(group);
  }

  private static boolean isSameGroup(@Nullable Watched known, Watched now) {
    return known != null
        && known.address().server().equals(now.address().server())
        && known.address().group().equals(now.address().group());
  }

  /** The figures as they were shown last; null where they are not seen. */
  public synchronized @Nullable GroupFigures seen(K key) {
    Watched known = watched.get(key);
    if (known == null || known.line() == null) {
      return null;
    }
    ServerWatch<K> watch = servers.get(known.line());
    return watch != null
            && watch.latest(known.address().group()) instanceof Sighting.Seen(GroupFigures figures)
        ? figures
        : null;
  }

  /**
   * Takes what was set. Not the figures of the answer: it may have been under way for longer than
   * what the stream has brought since.
   */
  public void noteSlots(K key, @Nullable Integer slots) {
    GroupAddress address;
    ServerWatch<K> watch;
    synchronized (this) {
      Watched known = watched.get(key);
      if (known == null || known.line() == null) {
        return;
      }
      address = known.address();
      watch = servers.get(known.line());
    }
    if (watch != null) {
      watch.noteSlots(address.group(), slots);
    }
  }

  /** What the servers that are watched know something of. */
  public synchronized Map<ServerAddress, List<GroupFigures>> all() {
    return servers.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> new ServerAddress(entry.getKey().server(), null),
                entry -> entry.getValue().all(),
                (a, b) -> Stream.concat(a.stream(), b.stream()).distinct().toList()));
  }

  /** Those whose token cannot be read: only who asks again will know when it can. */
  public synchronized Set<K> withoutToken() {
    return watched.entrySet().stream()
        .filter(it -> it.getValue().line() == null)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Stops to watch. */
  public synchronized void forget(K key) {
    Watched known = watched.remove(key);
    ServerWatch<K> watch = known == null || known.line() == null ? null : servers.get(known.line());
    if (known != null && watch != null && !watch.remove(key, known.address().group())) {
      servers.remove(known.line());
      watch.close();
    }
  }

  @Override
  public synchronized void close() {
    servers.values().forEach(ServerWatch::close);
    servers.clear();
    watched.clear();
  }
}
