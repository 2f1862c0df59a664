package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.server.storage.EpochOverException;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageContract;
import dev.baton.server.storage.StorageException;
import dev.baton.testing.Postgres;
import org.junit.jupiter.api.Test;

class PostgresStorageIT extends StorageContract {

  private final String url = Postgres.shared().newDatabase();

  @Override
  protected Storage open() {
    return PostgresStorage.open(
        PostgresStorage.Settings.of(url, Postgres.USER), RuleSet.Profile.RELEASE);
  }

  @Override
  protected void restart() {
    storage.close();
    storage = open();
  }

  @Test
  void aTransactionThatFailsLeavesNothingAndTheNextOneWorks() {
    save(new Change.PutPromise(null, promise("p", null, null)));
    assertThatThrownBy(() ->
            save(
                new Change.PutPromise(null, promise("q", null, null)),
                new Change.PutPromise(null, promise("p", null, null))))
        .isInstanceOf(StorageException.class);
    assertThat(read(state -> state.promise("q"))).isNull();
    assertThat(read(state -> state.promise("p"))).isNotNull();
  }

  @Test
  void whoeverOpensTheStoreLastOwnsItAndWhoOwnedItBeforeNeitherWritesNorAnswers() {
    Promise pending = promise("p", null, null);
    save(new Change.PutPromise(null, pending));
    try (Storage other = open()) {
      assertThatThrownBy(() -> save(new Change.PutPromise(null, promise("q", null, null))))
          .isInstanceOf(EpochOverException.class);
      assertThatThrownBy(() -> read(state -> state.promise("p")))
          .isInstanceOf(EpochOverException.class);
      assertThatThrownBy(storage::recover).isInstanceOf(EpochOverException.class);
      assertThat(other.<Boolean>transact(rows -> rows.state().promise("q") == null)).isTrue();
      assertThat(other.<Boolean>transact(rows -> pending.equals(rows.state().promise("p"))))
          .isTrue();
    }
  }
}
