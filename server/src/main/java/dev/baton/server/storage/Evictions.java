package dev.baton.server.storage;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What memory need not have once a transaction is durable: settled promises and large payloads. */
public final class Evictions {

  private final List<String> settled = new ArrayList<>();
  private final List<String> large = new ArrayList<>();

  /** The transaction leaves a promise like that in memory. */
  public void add(Promise after, MemoryState state) {
    if (after.state() instanceof PromiseState.Settled) {
      settled.add(after.id());
    } else if (state.isLarge(after)) {
      large.add(after.id());
    }
  }

  /** The settled promises among it. */
  public List<String> settled() {
    return Collections.unmodifiableList(settled);
  }

  /** The transaction is durable: all of it leaves memory. */
  public void evictFrom(MemoryState state) {
    settled.forEach(state::evictSettled);
    large.forEach(state::evictPayload);
    clear();
  }

  /** The transaction is not durable. */
  public void clear() {
    settled.clear();
    large.clear();
  }
}
