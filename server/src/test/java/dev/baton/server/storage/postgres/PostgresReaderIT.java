package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.server.storage.ReaderContract;
import dev.baton.server.storage.Storage;
import dev.baton.testing.Postgres;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

class PostgresReaderIT extends ReaderContract {

  @Test
  void aReaderWhoseConnectionWasEndedConnectsAgain() throws Exception {
    String url = Postgres.shared().newDatabase();
    try (Storage storage =
            PostgresStorage.open(
                PostgresStorage.Settings.of(url, Postgres.USER), RuleSet.Profile.RELEASE);
        Reader reader = storage.reader()) {
      reader.promises(Query.Promises.ALL, null, Portion.unlimited());
      try (var connection = DriverManager.getConnection(url);
          var terminate = connection.createStatement()) {
        terminate.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
      }
      Portion<Promise> portion = Portion.unlimited();
      reader.promises(Query.Promises.ALL, null, portion);
      assertThat(portion.isAtEnd()).isTrue();
    }
  }

  @Override
  protected Storage newStorage() {
    return PostgresStorage.open(
        PostgresStorage.Settings.of(Postgres.shared().newDatabase(), Postgres.USER),
        RuleSet.Profile.RELEASE);
  }
}
