package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the promises of one execution. A promise known to exist is not created again,
 * one known to be settled not asked for again: this is what makes a replay cheap.
 */
final class Journal {

  private final Lease lease;
  private final Map<String, PromiseRecord> known = new ConcurrentHashMap<>();

  /** Whether an execution before this one may have made steps that are not known here. */
  private volatile boolean hasGaps;

  /**
   * @param isFirst whether no execution was before this one
   */
  Journal(Lease lease, List<PromiseRecord> preload, boolean isFirst) {
    this.lease = lease;
    this.hasGaps = !isFirst;
    learn(preload);
  }

  void learn(List<PromiseRecord> promises) {
    promises.forEach(this::learn);
  }

  /** Settled is final, so what is known to be settled stays so. */
  PromiseRecord learn(PromiseRecord promise) {
    return known.merge(promise.id(), promise, (old, now) -> old.isSettled() ? old : now);
  }

  /** The promise, if it is known to exist. */
  @Nullable PromiseRecord find(String id) {
    return known.get(id);
  }

  /** The promise, if it is known to be settled. */
  @Nullable PromiseRecord settled(String id) {
    var promise = known.get(id);
    return promise != null && promise.isSettled() ? promise : null;
  }

  /** The promise, if it exists; asks only if an execution before may have made it unseen. */
  @Nullable PromiseRecord seek(String id) {
    var promise = known.get(id);
    if (promise != null || !hasGaps) {
      return promise;
    }
    var found = lease.find(id);
    return found == null ? null : learn(found);
  }

  /** What an earlier execution knew; what it waited for is asked for again. */
  void remember(Memories.Memory memory) {
    memory.known().values().forEach(this::learn);
    hasGaps = memory.hasGaps() || lease.task().version() != memory.version() + 1;
    refresh(memory.awaited());
  }

  /** What this execution will be remembered by. */
  Memories.Memory memory(long createdAt, List<String> awaited) {
    return new Memories.Memory(
        createdAt, Map.copyOf(known), hasGaps, lease.task().version(), awaited);
  }

  PromiseRecord create(PromiseRequest.Create request) {
    var promise = known.get(request.id());
    return promise != null ? promise : learn(lease.create(request));
  }

  PromiseRecord settle(String id, PromiseRecord.State state, Value value) {
    return learn(lease.settle(new PromiseRequest.Settle(id, state, value)));
  }

  /** Asks the server about those that are not known to be settled. */
  void refresh(List<String> ids) {
    for (String id : ids) {
      if (settled(id) == null) {
        learn(lease.get(id));
      }
    }
  }
}
