package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.protocol.PromiseRecord.State;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Value;
import dev.baton.server.storage.EpochOverException;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageContract;
import dev.baton.server.storage.StorageException;
import dev.baton.testing.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

  /** Creates a promise unless it is there; answers what was there. */
  private @Nullable Promise create(Promise promise, Change... more) {
    return storage
        .transact(
            () ->
                List.of(
                    new PromiseRequest.Create(
                        promise.id(), promise.timeoutAt(), promise.param(), promise.tags())),
            true,
            rows -> {
              Promise there = rows.state().promise(promise.id());
              if (there == null) {
                List<Change> changes = new ArrayList<>(List.of(more));
                changes.addFirst(new Change.PutPromise(null, promise));
                rows.save(changes);
              }
              return Optional.ofNullable(there);
            })
        .orElse(null);
  }

  @Test
  void whoeverCreatesAPromiseThatIsThereFindsIt() {
    Promise pending = promise("p", "poll://any@w", "p");
    Promise settled =
        pending.settled(new PromiseState.Settled(State.RESOLVED, new Value(Map.of(), "MQ=="), 9));
    assertThat(create(pending)).isNull();
    save(new Change.PutPromise(pending, settled));
    restart(); // Nothing is known of it now.
    assertThat(create(pending)).isEqualTo(settled);
    assertThat(((PostgresStorage) storage).livePromises()).isZero();
    assertThat(storage.liveBytes()).isZero();
    assertThat(create(promise("q", null, "p"))).isNull();
    restart();
    assertThat(read(state -> state.promise("p"))).isEqualTo(settled);
    assertThat(read(state -> state.promise("q"))).isNotNull();
    assertThat(read(state -> state.branch("p", "q", Long.MAX_VALUE))).isEqualTo(List.of(settled));
  }

  @Test
  void whatFollowsFromACreationIsWrittenWithItOrNotAtAll() {
    Promise promise = promise("p", null, null);
    Change listener = new Change.PutListener("p", "poll://any@a");
    assertThat(create(promise, listener)).isNull();
    restart();
    assertThat(read(state -> state.listenersOf("p"))).isEqualTo(Set.of("poll://any@a"));
    Promise settled =
        promise.settled(new PromiseState.Settled(State.RESOLVED, new Value(Map.of(), "MQ=="), 9));
    save(new Change.PutPromise(promise, settled), new Change.DeleteListener("p", "poll://any@a"));
    restart();
    assertThat(create(promise, listener)).isEqualTo(settled);
    assertThat(read(state -> state.listenersOf("p"))).isEqualTo(Set.of());
    assertThat(storage.liveBytes()).isZero();
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
