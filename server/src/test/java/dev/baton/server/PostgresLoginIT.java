package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.testing.Certificates;
import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whom the server believes to be its database, and as whom it comes there. */
@Timeout(120)
class PostgresLoginIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init") // By startPostgres.
  private static Certificates certificates;

  @SuppressWarnings("NullAway.Init") // By startPostgres.
  private static Postgres postgres;

  private final Logger log = (Logger) LoggerFactory.getLogger(Contest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final String url = postgres.newDatabase();

  @BeforeAll
  static void startPostgres(@TempDir Path folder) {
    certificates = Certificates.make(folder, "ip:127.0.0.1");
    postgres =
        Postgres.start(
            "fsync=off",
            "ssl=on",
            "ssl_cert_file=" + certificates.certificate(),
            "ssl_key_file=" + certificates.key());
    execute(postgres.url("postgres"), "CREATE ROLE baton LOGIN PASSWORD 'first'");
    postgres.letIn("hostssl all baton 127.0.0.1/32 scram-sha-256");
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  @BeforeEach
  void listen() {
    execute(url, "GRANT CREATE ON SCHEMA public TO baton");
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(lines);
  }

  private static void execute(String url, String... statements) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  /** In the words of PostgreSQL's own tools. */
  private Layers layers(String host, String mode, Path authority) {
    String database = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    return Servers.postgres("postgres://%s:%d/%s".formatted(host, postgres.port(), database))
        .set(Key.STORAGE_POSTGRES_USER, "baton")
        .set(Key.STORAGE_POSTGRES_PASSWORD, "first")
        .set(Key.STORAGE_POSTGRES_SSLMODE, mode)
        .set(Key.STORAGE_POSTGRES_SSLROOTCERT, authority.toString());
  }

  private static int create(Client client, String id) {
    return client
        .call("promise.create", "{'id':'%s','timeoutAt':99999999999999}".formatted(id))
        .status();
  }

  private static boolean isReady(Client client) {
    return client.send("GET", "/ready", null).status() == 200;
  }

  private void awaitLine(String part) {
    await(part)
        .atMost(PATIENCE)
        .until(() ->
            List.copyOf(lines.list).stream()
                .anyMatch(line -> line.getFormattedMessage().contains(part)));
  }

  @Test
  void aDatabaseWhoseCertificateAndNameAreRightIsSpokenToInSecret() throws SQLException {
    try (var server = Servers.start(layers("127.0.0.1", "verify-full", certificates.authority()));
        Client client = new Client(server.port())) {
      await().atMost(PATIENCE).until(() -> isReady(client));
      assertThat(create(client, "p")).isEqualTo(200);
      assertThat(client.call("promise.search", "{'id':'*','limit':10}").status()).isEqualTo(200);
      try (Connection connection = DriverManager.getConnection(url);
          Statement select = connection.createStatement();
          ResultSet row =
              select.executeQuery(
                  "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)"
                      + " FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      + " WHERE usename = 'baton' AND datname = current_database()")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isGreaterThan(1);
        assertThat(row.getInt(2)).isZero();
      }
    }
  }

  @Test
  void aDatabaseThatAnotherAuthorityVouchesForIsNotSpokenToAndTheLogSaysWhy(@TempDir Path other) {
    Certificates others = Certificates.make(other, "ip:127.0.0.1");
    try (var server = Servers.start(layers("127.0.0.1", "verify-full", others.authority()));
        Client client = new Client(server.port())) {
      awaitLine("The database cannot be asked who owns the store: ");
      awaitLine("SSL error");
      assertThat(isReady(client)).isFalse();
      assertThat(client.send("GET", "/health", null).status()).isEqualTo(200);
    }
  }

  @Test
  void aDatabaseOfAnotherNameIsSpokenToOnlyIfNobodyAsksForItsName() {
    try (var server = Servers.start(layers("localhost", "verify-full", certificates.authority()));
        Client client = new Client(server.port())) {
      awaitLine("localhost");
      assertThat(isReady(client)).isFalse();
    }
    try (var server = Servers.start(layers("localhost", "verify-ca", certificates.authority()));
        Client client = new Client(server.port())) {
      await().atMost(PATIENCE).until(() -> isReady(client));
    }
  }

  @Test
  void aPasswordThatIsRotatedInItsFileIsReadAnew(@TempDir Path folder) throws IOException {
    Path user = Files.writeString(folder.resolve("user"), "baton\n");
    Path password = Files.writeString(folder.resolve("password"), "first\n");
    Layers layers =
        Servers.postgres(url.replaceFirst("\\?.*", ""))
            .set(Key.STORAGE_POSTGRES_USER_FILE, user.toString())
            .set(Key.STORAGE_POSTGRES_PASSWORD_FILE, password.toString());
    try (var server = Servers.start(layers);
        Client client = new Client(server.port())) {
      await().atMost(PATIENCE).until(() -> isReady(client));
      assertThat(create(client, "before")).isEqualTo(200);
      execute(postgres.url("postgres"), "ALTER ROLE baton PASSWORD 'second'");
      try {
        assertThat(create(client, "sessions stay")).isEqualTo(200);
        endSessions();
        awaitLine("password authentication failed");
        Files.writeString(password, "second\n");
        await().atMost(PATIENCE).until(() -> create(client, "after") == 200);
        awaitLine("The database answers again");
        assertThat(isReady(client)).isTrue();
      } finally {
        execute(postgres.url("postgres"), "ALTER ROLE baton PASSWORD 'first'");
      }
    }
    assertThat(lines.list)
        .noneMatch(line -> line.getFormattedMessage().matches(".*(first|second).*"));
  }

  private static void endSessions() {
    execute(
        postgres.url("postgres"),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'baton'");
  }
}
