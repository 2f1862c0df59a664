package dev.baton.server.storage;

import dev.baton.core.RuleSet;

class MemoryStorageTest extends StorageContract {

  @Override
  protected Storage open() {
    return new MemoryStorage(RuleSet.Profile.RELEASE);
  }

  @Override
  protected void restart() {}
}
