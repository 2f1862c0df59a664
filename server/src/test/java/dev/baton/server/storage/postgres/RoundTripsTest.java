package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Value;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a transaction asks the database. */
class RoundTripsTest {

  private static final Promise PROMISE =
      new Promise("p", Value.EMPTY, Map.of(), Long.MAX_VALUE, 1, new PromiseState.Pending());

  private final ImaginedDatabase database = new ImaginedDatabase();
  private int trips;

  private final ImaginedSession.Way way =
      new ImaginedSession.Way() {
        @Override
        public <T> T ask(Supplier<T> query) {
          trips++;
          return query.get();
        }

        @Override
        public boolean write(long epoch, ImaginedDatabase.Writes writes) throws SQLException {
          trips++;
          if (!database.accepts(writes)) {
            throw new SQLException("it is there", "23505");
          }
          database.apply(writes);
          return true;
        }

        @Override
        public long epoch(long own) {
          trips++;
          return own;
        }
      };

  private PostgresStorage storage =
      ImaginedSession.open(
          database, way, RuleSet.Profile.RELEASE, Objects.requireNonNull(database.claim(0, true)));

  @BeforeEach
  void begin() {
    trips = 0;
  }

  private void transact(Request request, boolean isAll, Change ifNew) {
    storage.transact(
        () -> List.of(request),
        isAll,
        rows -> {
          if (rows.state().promise("p") == null) {
            rows.save(List.of(ifNew));
          }
          return true;
        });
  }

  private void create(boolean isAll) {
    transact(
        new PromiseRequest.Create("p", Long.MAX_VALUE, Value.EMPTY, Map.of()),
        isAll,
        new Change.PutPromise(null, PROMISE));
  }

  @Test
  void aCreationByItselfIsOne() {
    create(true);
    assertThat(trips).isOne();
    assertThat(database.row("p")).isNotNull();
  }

  @Test
  void aCreationBesideSomethingElseIsTwo() {
    create(false);
    assertThat(trips).isEqualTo(2);
  }

  @Test
  void aCreationOfWhatIsThereIsTwo() {
    create(true);
    Promise settled =
        PROMISE.settled(new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 2));
    database.apply(
        new ImaginedDatabase.Writes(
            Map.of("p", new ImaginedDatabase.Written(false, settled, null)),
            Map.of(),
            Map.of(),
            Map.of()));
    storage.close();
    storage =
        ImaginedSession.open(
            database,
            way,
            RuleSet.Profile.RELEASE,
            Objects.requireNonNull(database.claim(1, true)));
    trips = 0;
    create(true);
    assertThat(trips).isEqualTo(2);
    assertThat(storage.livePromises()).isZero();
  }
}
