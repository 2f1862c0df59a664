package dev.baton.server;

import dev.baton.server.config.PostgresUrl;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.storage.postgres.PostgresStorage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How databases are reached, as their stores want to be told. */
final class Databases {

  private Databases() {}

  /**
   * The settings of PostgreSQL.
   *
   * @param serverUrl where others reach this server
   */
  static PostgresStorage.Settings settings(
      ServerConfig.Storage.Postgres config, @Nullable String serverUrl) {
    PostgresUrl url = config.database();
    ServerConfig.Storage.Login login = config.login();
    return new PostgresStorage.Settings(
        url.jdbc(),
        login.user() == null ? url.user() : login.user(),
        path(login.userFile()),
        login.password() == null ? url.password() : login.password(),
        path(login.passwordFile()),
        url.properties(),
        config.connectTimeout(),
        config.timeout(),
        serverUrl);
  }

  private static @Nullable Path path(@Nullable String file) {
    return file == null ? null : Path.of(file);
  }
}
