package dev.baton.server.storage.postgres;

import dev.baton.core.RuleSet;
import dev.baton.server.storage.ReaderContract;
import dev.baton.server.storage.Storage;
import dev.baton.testing.Postgres;

class PostgresReaderIT extends ReaderContract {

  @Override
  protected Storage newStorage() {
    return PostgresStorage.open(
        PostgresStorage.Settings.of(Postgres.shared().newDatabase(), Postgres.USER),
        RuleSet.Profile.RELEASE);
  }
}
