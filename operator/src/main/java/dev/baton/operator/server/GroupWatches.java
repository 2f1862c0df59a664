package dev.baton.operator.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are being watched, by whatever key their owner gives them: one stream a server,
 * whatever the number of groups, and for each token that it is asked with. Thread-safe.
 */
public final class GroupWatches<K> implements AutoCloseable {

  private final GroupsApi api;
  private final WatchTimings timings;
  private final Consumer<K> changed;
  private final Map<K, GroupAddress> watched = new HashMap<>();
  private final Map<ServerAddress, ServerWatch<K>> servers = new HashMap<>();

  /** With whom to tell, from any thread, that the sighting of a key has changed. */
  public GroupWatches(GroupsApi api, WatchTimings timings, Consumer<K> changed) {
    this.api = api;
    this.timings = timings;
    this.changed = changed;
  }

  /** The last sighting; the first call for a server begins to watch it. */
  public synchronized Sighting sighting(K key, GroupAddress address) {
    GroupAddress known = watched.get(key);
    ServerWatch<K> watch = servers.get(address.at());
    if (watch == null) {
      watch = new ServerWatch<>(api, address.at(), timings, changed);
      servers.put(address.at(), watch);
      watch.start();
    }
    if (!address.equals(known)) {
      watch.add(key, address.group());
      forget(key);
      watched.put(key, address);
    }
    return watch.latest(address.group());
  }

  /** Takes figures that an answer to something else brought. */
  public void note(K key, GroupFigures figures) {
    ServerWatch<K> watch = watch(key);
    if (watch != null) {
      watch.note(figures); // tells the owner, so not under the lock
    }
  }

  /** What the servers that are watched know something of. */
  public synchronized Map<ServerAddress, List<GroupFigures>> all() {
    return servers.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().all()));
  }

  private synchronized @Nullable ServerWatch<K> watch(K key) {
    GroupAddress address = watched.get(key);
    return address == null ? null : servers.get(address.at());
  }

  /** Stops to watch. */
  public synchronized void forget(K key) {
    GroupAddress address = watched.remove(key);
    ServerWatch<K> watch = address == null ? null : servers.get(address.at());
    if (address != null && watch != null && !watch.remove(key, address.group())) {
      servers.remove(address.at());
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
