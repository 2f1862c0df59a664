package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers of this process over one PostgreSQL, which decides who of them owns the store. */
@Timeout(120)
class OwnershipIT {

  private final String url = Postgres.shared().newDatabase();
  private final List<BatonServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(BatonServer::close);
  }

  private BatonServer start() {
    return start(Key.METRICS_PORT, "0");
  }

  private BatonServer start(Key key, String value) {
    BatonServer server =
        BatonServer.start(
            ServerConfig.of(
                Servers.memory()
                    .set(Key.STORAGE_TYPE, "postgres")
                    .set(Key.STORAGE_POSTGRES_URL, url)
                    .set(Key.STORAGE_POSTGRES_USER, Postgres.USER)
                    .set(Key.CLUSTER_PORT, "0")
                    .set(Key.CLUSTER_SECRET, Members.SECRET)
                    .set(key, value)));
    servers.add(server);
    return server;
  }

  private static boolean owns(BatonServer server) {
    return Objects.requireNonNull(server.member()).shard() != null;
  }

  private static boolean isReady(Client client) {
    return client.send("GET", "/ready", null).status() == 200;
  }

  private static String create(String id) {
    return "{'id':'%s','timeoutAt':99999999999999}".formatted(id);
  }

  @Test
  void oneServerAloneOwnsWhatItOpens() {
    BatonServer alone = start();
    try (Client client = new Client(alone.port())) {
      assertThat(client.call("promise.create", create("p")).status()).isEqualTo(200);
      assertThat(isReady(client)).isTrue();
      assertThat(owns(alone)).isTrue();
    }
  }

  @Test
  void everyMetricOfAClusterIsDocumentedAndWhatAlertsNameIsThere() throws IOException {
    BatonServer server = start(Key.METRICS_PORT, Servers.freePort());
    await().until(() -> owns(server));
    String scraped;
    try (Client metrics = new Client(server.metricsPort())) {
      scraped = metrics.send("GET", "/metrics", null).body().path("text").asText();
    }
    Set<String> exposed = names("(?<=# TYPE )baton_cluster_[a-z_]+", scraped);
    assertThat(exposed).hasSizeGreaterThan(10);
    assertThat(scraped).contains("baton_cluster_owner 1.0");
    assertThat(
            names(
                "(?<=`)baton_cluster_[a-z_]+",
                Files.readString(Path.of("../docs/guides/several-servers.md"))))
        .isEqualTo(exposed);
    for (String file : List.of("alerts.yaml", "dashboard.json")) {
      Set<String> named =
          names(
              "\\bbaton_cluster_[a-z_]+", Files.readString(Path.of("../charts/baton/files", file)));
      assertThat(named).as(file).isNotEmpty();
      assertThat(exposed).as(file).containsAll(named);
    }
  }

  private static Set<String> names(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void oneOwnsBothServeAndThePlannedEndOfTheOwnerIsAnErrorForNobody() throws Exception {
    BatonServer first = start();
    await().until(() -> owns(first));
    BatonServer second = start(Key.METRICS_PORT, Servers.freePort());
    try (Client one = new Client(first.port());
        Client other = new Client(second.port())) {
      await().until(() -> isReady(other));
      assertThat(owns(second)).isFalse();
      assertThat(one.call("promise.create", create("p")).status()).isEqualTo(200);
      assertThat(other.call("promise.get", "{'id':'p'}").status()).isEqualTo(200);
      try (Client.Stream stream = other.open("/poll/workers/w")) {
        assertThat(stream.status()).isEqualTo(200);
        AtomicBoolean isOver = new AtomicBoolean();
        List<Integer> statuses = new ArrayList<>();
        long[] longest = new long[1];
        Thread load =
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; !isOver.get(); i++) {
                    long began = System.nanoTime();
                    statuses.add(
                        other
                            .call(
                                i % 2 == 0 ? "promise.create" : "promise.get",
                                create("load" + i / 2))
                            .status());
                    longest[0] = Math.max(longest[0], System.nanoTime() - began);
                  }
                });
        await().until(() -> statuses.size() > 50);
        first.close();
        await().until(() -> owns(second));
        int before = statuses.size();
        await().until(() -> statuses.size() > before + 50);
        isOver.set(true);
        load.join();
        assertThat(statuses).containsOnly(200);
        try (Client metrics = new Client(second.metricsPort())) {
          assertThat(metrics.send("GET", "/metrics", null).body().path("text").asText())
              .contains("baton_cluster_handovers_total 1.0");
        }
        System.out.printf("planned hand-over: longest request %d ms%n", longest[0] / 1_000_000);
        other.call(
            "promise.create",
            "{'id':'task','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@workers'}}");
        assertThat(stream.nextTask()).isEqualTo("task");
      }
    }
  }
}
