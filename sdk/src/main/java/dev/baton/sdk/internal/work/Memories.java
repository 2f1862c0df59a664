package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this process has seen of executions that are suspended, so that one that comes back here is
 * replayed without asking again for every remote step, which no preload contains. Only a saving:
 * what is forgotten is asked for again.
 */
public final class Memories {

  /**
   * What one execution knew.
   *
   * @param createdAt of its promise: one of the same id in a server that was emptied is another
   * @param known promises that exist; those that are settled stay so
   * @param hasGaps whether an earlier execution may have made promises that it did not know
   * @param version of the task then: if another was in between, it may have made more
   * @param awaited of which one is settled by now
   */
  record Memory(
      long createdAt,
      Map<String, PromiseRecord> known,
      boolean hasGaps,
      long version,
      List<String> awaited) {}

  private static final int MAX_MEMORIES = 1_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, SoftReference<Memory>> byTask = new LinkedHashMap<>();

  void keep(String task, Memory memory) {
    lock.lock();
    try {
      byTask.put(task, new SoftReference<>(memory));
      if (byTask.size() > MAX_MEMORIES) {
        byTask.pollFirstEntry();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The memory of that task, forgotten by this. */
  @Nullable Memory take(PromiseRecord root) {
    SoftReference<Memory> reference;
    lock.lock();
    try {
      reference = byTask.remove(root.id());
    } finally {
      lock.unlock();
    }
    var memory = reference == null ? null : reference.get();
    return memory == null || memory.createdAt() != root.createdAt() ? null : memory;
  }
}
