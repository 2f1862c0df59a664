package dev.baton.server.fuzz;

import dev.baton.core.RuleSet;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.server.storage.Storage;
import net.jqwik.api.Label;

/** Memory has nothing to restart, and must take whatever the edge lets through. */
@Label("Memory reads what the edge accepts")
class MemoryReadableTest extends ReadableContract {

  @Override
  Storage open() {
    return new MemoryStorage(RuleSet.Profile.RELEASE);
  }

  @Override
  Storage restarted(Storage storage) {
    return storage;
  }

  @Override
  void remove(Storage storage) {
    storage.close();
  }
}
