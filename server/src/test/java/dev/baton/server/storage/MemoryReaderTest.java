package dev.baton.server.storage;

import dev.baton.core.RuleSet;

class MemoryReaderTest extends ReaderContract {

  @Override
  protected Storage newStorage() {
    return new MemoryStorage(RuleSet.Profile.RELEASE);
  }
}
