package dev.baton.server.fuzz;

import dev.baton.core.RuleSet;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Limits;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.testing.Postgres;
import java.sql.DriverManager;
import net.jqwik.api.Label;

@Label("PostgreSQL reads what the edge accepts")
class PostgresReadableIT extends ReadableContract {

  private static final String DATABASE = Postgres.shared().newDatabase();

  @Override
  Limits limits() {
    ServerConfig config =
        ServerConfig.of(
            new Layers()
                .set(Key.STORAGE_TYPE, "postgres")
                .set(Key.STORAGE_POSTGRES_URL, "postgres://host/database"));
    return new Limits(config.http().sizes(), config.mostIdBytes());
  }

  @Override
  Storage open() {
    return PostgresStorage.open(
        PostgresStorage.Settings.of(DATABASE, Postgres.USER), RuleSet.Profile.RELEASE);
  }

  @Override
  Storage restarted(Storage storage) {
    storage.close();
    return open();
  }

  @Override
  void remove(Storage storage) throws Exception {
    storage.close();
    try (var connection = DriverManager.getConnection(DATABASE);
        var statement = connection.createStatement()) {
      for (String table : new String[] {"promises", "callbacks", "listeners", "schedules"}) {
        statement.execute("DELETE FROM baton_" + table);
      }
    }
  }
}
