package dev.baton.server;

import dev.baton.server.config.Layers;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The same on PostgreSQL. */
class PostgresRestartIT extends RestartIT {

  private final Map<String, String> databases = new HashMap<>();

  private String database(String store) {
    return databases.computeIfAbsent(store, _ -> Postgres.shared().newDatabase());
  }

  @Override
  Layers layers(String store) {
    return Servers.postgres(database(store));
  }

  @Override
  ServerProcess process(String store) throws IOException {
    return ServerProcess.onPostgres(database(store));
  }
}
