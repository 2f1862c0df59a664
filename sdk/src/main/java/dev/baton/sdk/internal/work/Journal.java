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

  Journal(Lease lease, List<PromiseRecord> preload) {
    this.lease = lease;
    learn(preload);
  }

  void learn(List<PromiseRecord> promises) {
    promises.forEach(this::learn);
  }

  /** Settled is final, so what is known to be settled stays so. */
  PromiseRecord learn(PromiseRecord promise) {
    return known.merge(promise.id(), promise, (old, now) -> old.isSettled() ? old : now);
  }

  /** The promise, if it is known to be settled. */
  @Nullable PromiseRecord settled(String id) {
    var promise = known.get(id);
    return promise != null && promise.isSettled() ? promise : null;
  }

  /** What an earlier execution knew; what it waited for is asked for again. */
  void remember(Memories.Memory memory) {
    memory.known().values().forEach(this::learn);
    refresh(memory.awaited());
  }

  /** All that is known, as it is now. */
  Map<String, PromiseRecord> known() {
    return Map.copyOf(known);
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
