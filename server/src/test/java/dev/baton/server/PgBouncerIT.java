package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.testing.Client;
import dev.baton.testing.PgBouncer;
import dev.baton.testing.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Servers that reach their database through a PgBouncer; skipped where there is none. */
@Timeout(120)
class PgBouncerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final Postgres postgres = Postgres.shared();
  private final String url = postgres.newDatabase();
  private final Logger log = (Logger) LoggerFactory.getLogger(Contest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeAll
  static void needsOne() {
    assumeTrue(PgBouncer.isAvailable(), "there is no PgBouncer here");
  }

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(lines);
  }

  private Layers layers(PgBouncer bouncer, String parameters) {
    String through = url.replace(":" + postgres.port() + "/", ":" + bouncer.port() + "/");
    return Servers.postgres(through + parameters)
        .set(Key.CLUSTER_PORT, "0")
        .set(Key.CLUSTER_SECRET, Members.SECRET);
  }

  private static int create(Client client, String id) {
    return client
        .call("promise.create", "{'id':'%s','timeoutAt':99999999999999}".formatted(id))
        .status();
  }

  private static boolean isReady(Client client) {
    return client.send("GET", "/ready", null).status() == 200;
  }

  private String shown(String column) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT " + column + " FROM baton_shard")) {
      return row.next() ? row.getString(1) : "";
    }
  }

  private void awaitLine(String part) {
    await(part)
        .atMost(PATIENCE)
        .until(() ->
            List.copyOf(lines.list).stream()
                .anyMatch(line -> line.getFormattedMessage().contains(part)));
  }

  /** Three servers serve, the owner is lost, another takes over; nothing acknowledged is lost. */
  @ParameterizedTest
  @CsvSource({"transaction,&prepareThreshold=0", "session,''"})
  void serversThroughAPoolerServeAndTakeOver(String mode, String parameters) throws Exception {
    try (PgBouncer bouncer = PgBouncer.start(postgres, mode)) {
      List<BatonServer> servers = new ArrayList<>();
      List<Client> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          servers.add(Servers.start(layers(bouncer, parameters)));
          clients.add(new Client(servers.get(i).port()));
        }
        for (Client client : clients) {
          await().atMost(PATIENCE).until(() -> isReady(client));
        }
        for (int i = 0; i < 60; i++) {
          assertThat(create(clients.get(i % 3), "p" + i)).isEqualTo(200);
        }
        assertThat(clients.get(0).call("promise.search", "{'id':'*','limit':100}").status())
            .isEqualTo(200);
        // Those of the pooler say nothing about this server: its beat alone does.
        assertThat(shown("cardinality(backend_pids)")).isEqualTo("0");
        String epoch = shown("epoch");
        int owner = owner(servers);
        servers.get(owner).close();
        int other = (owner + 1) % 3;
        await().atMost(PATIENCE).until(() -> create(clients.get(other), "after") == 200);
        assertThat(shown("epoch")).isNotEqualTo(epoch);
        for (int i = 0; i < 60; i++) {
          assertThat(clients.get(other).call("promise.get", "{'id':'p%d'}".formatted(i)).status())
              .isEqualTo(200);
        }
      } finally {
        clients.forEach(Client::close);
        servers.forEach(BatonServer::close);
      }
    }
  }

  private static int owner(List<BatonServer> servers) {
    for (int i = 0; i < servers.size(); i++) {
      if (Objects.requireNonNull(servers.get(i).member()).shard() != null) {
        return i;
      }
    }
    throw new AssertionError("nobody owns the store");
  }

  /** What does not work says what to do. */
  @Test
  void aPoolerThatDoesNotKnowWhatTheDriverSaysIsNamedInTheLog() {
    try (PgBouncer bouncer = PgBouncer.start(postgres, "transaction");
        var server =
            Servers.start(layers(bouncer, "&prepareThreshold=0&options=-c%20work_mem=8MB"))) {
      awaitLine("leave it out of storage.postgres.url, or let the pooler ignore it");
      try (Client client = new Client(server.port())) {
        assertThat(isReady(client)).isFalse();
      }
    }
  }

  @Test
  void aPoolerThatLendsConnectionsByStatementIsNamedInTheLog() {
    try (PgBouncer bouncer = PgBouncer.start(postgres, "statement");
        var _ = Servers.start(layers(bouncer, "&prepareThreshold=0"))) {
      awaitLine("let the pooler lend connections by transaction or by session (pool_mode)");
    }
  }

  /** A pooler since 1.21 may keep them; here it does not. */
  @Test
  void preparedStatementsThatThePoolerDoesNotKeepAreNamedInTheLog() {
    String[] settings =
        PgBouncer.knowsStatements() ? new String[] {"max_prepared_statements = 0"} : new String[0];
    try (PgBouncer bouncer = PgBouncer.start(postgres, "transaction", settings);
        var one = Servers.start(layers(bouncer, ""));
        var other = Servers.start(layers(bouncer, ""))) {
      awaitLine("?prepareThreshold=0 behind storage.postgres.url");
      assertThat(one.port()).isNotEqualTo(other.port());
    }
  }
}
