package dev.baton.operator.server;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The groups that are being watched, by whatever key their owner gives them. Thread-safe. */
public final class GroupWatches<K> implements AutoCloseable {

  private final GroupsApi api;
  private final WatchTimings timings;
  private final Consumer<K> changed;
  private final Map<K, GroupWatch> watches = new HashMap<>();

  /** With whom to tell, from any thread, that the sighting of a key has changed. */
  public GroupWatches(GroupsApi api, WatchTimings timings, Consumer<K> changed) {
    this.api = api;
    this.timings = timings;
    this.changed = changed;
  }

  /** The last sighting; the first call for an address begins to watch it. */
  public synchronized Sighting sighting(K key, GroupAddress address) {
    GroupWatch watch = watches.get(key);
    if (watch == null || !watch.address().equals(address)) {
      forget(key);
      watch = new GroupWatch(api, address, timings, () -> changed.accept(key));
      watches.put(key, watch);
      watch.start();
    }
    return watch.latest();
  }

  /** Takes figures that an answer to something else brought. */
  public void note(K key, GroupFigures figures) {
    GroupWatch watch = watch(key);
    if (watch != null) {
      watch.publish(new Sighting.Seen(figures)); // tells the owner, so not under the lock
    }
  }

  private synchronized @Nullable GroupWatch watch(K key) {
    return watches.get(key);
  }

  /** Stops to watch. */
  public synchronized void forget(K key) {
    GroupWatch watch = watches.remove(key);
    if (watch != null) {
      watch.close();
    }
  }

  @Override
  public synchronized void close() {
    watches.values().forEach(GroupWatch::close);
    watches.clear();
  }
}
