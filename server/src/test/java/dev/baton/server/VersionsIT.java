package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.server.cluster.Owner;
import dev.baton.server.config.Key;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * Servers of one version beside a database, or an owner, of another. Real builds beside each other
 * are in {@link PreviousBuildIT}.
 */
@Timeout(60)
class VersionsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Who of these packages says it is of no account. */
  private static final List<String> LISTENED_TO =
      List.of(Contest.class.getPackageName(), Owner.class.getPackageName());

  private final String url = Postgres.shared().newDatabase();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    for (String each : LISTENED_TO) {
      ((Logger) LoggerFactory.getLogger(each)).addAppender(lines);
    }
  }

  @AfterEach
  void listenNoMore() {
    for (String each : LISTENED_TO) {
      ((Logger) LoggerFactory.getLogger(each)).detachAppender(lines);
    }
  }

  private void awaitLine(String part) {
    await(part)
        .atMost(PATIENCE)
        .until(() ->
            List.copyOf(lines.list).stream()
                .anyMatch(line -> line.getFormattedMessage().contains(part)));
  }

  private String schema(String change) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      if (!change.isEmpty()) {
        statement.execute("UPDATE baton_schema SET " + change);
      }
      try (ResultSet row =
          statement.executeQuery("SELECT version || '/' || oldest FROM baton_schema")) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  private static int create(Client client, String id) {
    return client
        .call("promise.create", "{'id':'%s','timeoutAt':99999999999999}".formatted(id))
        .status();
  }

  private static boolean isReady(Client client) {
    return client.send("GET", "/ready", null).status() == 200;
  }

  private void make() {
    try (var server = Servers.start(Servers.postgres(url));
        Client client = new Client(server.port())) {
      await().atMost(PATIENCE).until(() -> create(client, "before") == 200);
    }
  }

  @Test
  void aLayoutOfTheVersionBeforeIsBroughtUpToDate() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        InputStream first =
            Objects.requireNonNull(PostgresStorage.class.getResourceAsStream("V1.sql"))) {
      statement.execute(new String(first.readAllBytes(), StandardCharsets.UTF_8));
      statement.execute("CREATE TABLE baton_schema (version int NOT NULL, oldest int NOT NULL)");
      statement.execute("INSERT INTO baton_schema VALUES (1, 1)");
      statement.execute(
          """
          INSERT INTO baton_promises (id, bucket, state, timeout_at, created_at, settled_at, tags)
            VALUES ('before', 1, 1, 99999999999999, 1, 2, '{}')
          """);
    }
    try (var server = Servers.start(Servers.postgres(url));
        Client client = new Client(server.port())) {
      await().atMost(PATIENCE).until(() -> isReady(client));
      assertThat(client.call("promise.get", "{'id':'before'}").status()).isEqualTo(200);
      assertThat(create(client, "since")).isEqualTo(200);
      assertThat(schema("")).isEqualTo("2/1");
    }
  }

  @Test
  void aLayoutOfANewerVersionThatThisOneMayUseIsUsedAndStays() throws SQLException {
    make();
    schema("version = version + 1");
    try (var server = Servers.start(Servers.postgres(url));
        Client client = new Client(server.port())) {
      await().atMost(PATIENCE).until(() -> isReady(client));
      assertThat(client.call("promise.get", "{'id':'before'}").status()).isEqualTo(200);
      assertThat(create(client, "beside")).isEqualTo(200);
      assertThat(schema("")).isEqualTo("3/1");
    }
  }

  /** A downgrade over it: nothing is served and nothing is written, and the log says why. */
  @Test
  void aLayoutOfANewerVersionThatThisOneMayNotUseIsRefusedInASentence() throws SQLException {
    make();
    schema("version = 3, oldest = 3");
    try (var server = Servers.start(Servers.postgres(url).set(Key.CLUSTER_HOLD, "200"));
        Client client = new Client(server.port())) {
      awaitLine(
          "the database has layout 3, for servers that know 3 at least; this one knows up to 2:"
              + " start no older version than the one that made it");
      assertThat(isReady(client)).isFalse();
      assertThat(client.send("GET", "/health", null).status()).isEqualTo(200);
      assertThat(create(client, "refused")).isEqualTo(503);
      assertThat(schema("oldest = 1")).isEqualTo("3/1");
      await().atMost(PATIENCE).until(() -> create(client, "again") == 200);
      assertThat(client.call("promise.get", "{'id':'refused'}").status()).isEqualTo(404);
    }
  }

  /**
   * What the owner of another version says to what it does not understand is no answer to a client:
   * it waits for another owner, as for one that is lost.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          505 | it speaks another version of the wire than this server's 1
          403 | it has another cluster.secret
          """)
  void anOwnerThatDoesNotUnderstandAServerIsNotTakenForTheAnswer(int status, String said)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Members members = new Members(2, layers -> layers.set(Key.CLUSTER_HOLD, "300"))) {
      HttpServer stranger =
          vertx
              .createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
              .requestHandler(request ->
                  request
                      .response()
                      .setStatusCode(status)
                      .putHeader("baton-not-begun", "true")
                      .end("no"))
              .listen(0)
              .toCompletionStage()
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);
      members.member(1).follow(new Owner(1, "http://127.0.0.1:" + stranger.actualPort(), null));
      awaitLine(said);
      assertThat(create(members.client(1), "p")).isEqualTo(503);
      for (String path : List.of("/groups", "/poll/workers/w")) {
        assertThat(members.client(1).send("GET", path, null).status()).isEqualTo(503);
      }
      assertThat(isReady(members.client(1))).isFalse();
      members.own(0);
      await().atMost(PATIENCE).until(() -> isReady(members.client(1)));
      assertThat(create(members.client(1), "p")).isEqualTo(200);
      assertThat(lines.list.stream().filter(line -> line.getFormattedMessage().contains(said)))
          .hasSize(1);
    } finally {
      vertx.close();
    }
  }
}
