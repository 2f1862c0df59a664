package dev.baton.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

  private static Layers layers() {
    return new Layers()
        .set(Key.STORAGE_TYPE, "postgres")
        .set(Key.STORAGE_POSTGRES_URL, "postgres://db/baton");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          postgres://db/baton                             | db/baton       | -    | -      | -
          postgresql://u@db:5433/baton                    | db:5433/baton  | u    | -      | -
          postgres://u%40x:p%2Fw+x@db/baton?sslmode=require | db/baton     | u@x  | p/w+x  | require
          jdbc:postgresql://db/baton?user=u&password=p%26 | db/baton       | u    | p&     | -
          postgres://u:a@b@db/baton                       | db/baton       | u    | a@b    | -
          postgres://[::1]:5432/baton                     | [::1]:5432/baton | -  | -      | -
          """)
  void urlsAreReadAsThePeopleOfPostgresqlAndOfJavaWriteThem(
      String text, String where, String user, String password, String mode) {
    PostgresUrl url = Objects.requireNonNull(PostgresUrl.parse(text));
    assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://" + where);
    assertThat(url.user()).isEqualTo(user);
    assertThat(url.password()).isEqualTo(password);
    assertThat(url.properties()).isEqualTo(mode == null ? Map.of() : Map.of("sslmode", mode));
  }

  @Test
  void ofSeveralHostsTheOneThatTakesWritesIsUsed() {
    PostgresUrl url = Objects.requireNonNull(PostgresUrl.parse("postgres://a:1,b:2/baton"));
    assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://a:1,b:2/baton");
    assertThat(url.properties()).isEqualTo(Map.of("targetServerType", "primary"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "db/baton",
        "mysql://db/x",
        "postgres://db",
        "postgres://db/",
        "postgres:///baton",
        "postgres://u:secret@/baton",
        "postgres://db/baton?secret"
      })
  void whatIsNoUrlIsRefusedWithoutTellingIt(String text) {
    assertThatThrownBy(() -> ServerConfig.of(layers().set(Key.STORAGE_POSTGRES_URL, text)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("storage.postgres.url (--storage-postgres-url) must be a URL")
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          STORAGE_POSTGRES_URL             | ''    | storage.postgres.url (--storage-postgres-url) must be given with storage.type postgres
          STORAGE_POSTGRES_SSLMODE         | on    | storage.postgres.sslmode (--storage-postgres-sslmode) must be disable, allow
          STORAGE_POSTGRES_POOL_SIZE       | 4     | storage.postgres.pool_size (--storage-postgres-pool-size) must be at least 5: one for each of server.readers
          STORAGE_POSTGRES_TIMEOUT         | 0     | storage.postgres.timeout (--storage-postgres-timeout) must be an integer from 100
          STORAGE_POSTGRES_CONNECT_TIMEOUT | x     | storage.postgres.connect_timeout (--storage-postgres-connect-timeout) must be an integer
          """)
  void whatIsWrongIsNamedWithItsRule(Key key, String value, String text) {
    assertThatThrownBy(() -> ServerConfig.of(layers().set(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(text);
  }

  @Test
  void aPasswordIsGivenInOneWayOnlyAndNeverTold() {
    assertThatThrownBy(() ->
            ServerConfig.of(
                layers()
                    .set(Key.STORAGE_POSTGRES_PASSWORD, "secret")
                    .set(Key.STORAGE_POSTGRES_PASSWORD_FILE, "/run/password")))
        .hasMessage(
            "storage.postgres.password_file (--storage-postgres-password-file) must be absent, or"
                + " storage.postgres.password (--storage-postgres-password) must be");
    ServerConfig config =
        ServerConfig.of(
            layers()
                .set(Key.STORAGE_POSTGRES_URL, "postgres://u:secret@db/baton")
                .set(Key.STORAGE_POSTGRES_PASSWORD, "secret"));
    assertThat(config.storage().toString()).doesNotContain("secret").contains("db/baton");
  }

  @Test
  void aDatabaseIsLookedAtAgainSoonerThanAFile() {
    assertThat(ServerConfig.of(layers()).probeInterval()).isEqualTo(Duration.ofMillis(200));
    assertThat(ServerConfig.of(layers().set(Key.STORAGE_PROBE_INTERVAL, "1000")).probeInterval())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(ServerConfig.of(new Layers()).probeInterval()).isEqualTo(Duration.ofSeconds(1));
  }
}
