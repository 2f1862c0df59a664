package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.baton.server.config.Key;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.testing.Client;
import dev.baton.testing.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The metrics have the names and labels of protocol section 19. */
class MetricsIT {

  private static final String FAR = "99999999999999";

  private static BatonServer server;
  private static Client client;
  private static Client scraper;
  private static HttpServer target;

  @BeforeAll
  static void start() throws IOException {
    server = Servers.start(Servers.memory().set(Key.METRICS_PORT, Integer.toString(Ports.free())));
    client = new Client(server.port());
    scraper = new Client(server.metricsPort());
    target = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    target.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          boolean isWanted = exchange.getRequestURI().getPath().equals("/yes");
          exchange.sendResponseHeaders(isWanted ? 200 : 500, -1);
          exchange.close();
        });
    target.start();
  }

  @AfterAll
  static void stop() {
    scraper.close();
    client.close();
    server.close();
    target.stop(0);
  }

  @Test
  void openStreamsOfTheConsoleAreCounted() {
    await().until(() -> scrape().contains("baton_live_streams 0.0"));
    try (Client.Stream stream = client.open("/live?view=groups")) {
      assertThat(stream.status()).isEqualTo(200);
      await().until(() -> scrape().contains("baton_live_streams 1.0"));
    }
    await().until(() -> scrape().contains("baton_live_streams 0.0"));
  }

  private static List<String> scrape() {
    Client.Answer answer = scraper.send("GET", "/metrics", null);
    assertThat(answer.status()).isEqualTo(200);
    return answer.body().path("text").asText().lines().toList();
  }

  @Test
  void everyPartOfTheMemoryIsShownWithItsLimit() {
    List<String> lines = scrape();
    for (MemoryLedger.Part part : MemoryLedger.Part.values()) {
      String labels = "{part=\"" + part.label() + "\"} ";
      assertThat(lines)
          .anyMatch(line -> line.startsWith("baton_memory_used_bytes" + labels))
          .anyMatch(line -> line.startsWith("baton_memory_limit_bytes" + labels))
          .contains("baton_memory_refusals_total" + labels + "0.0");
    }
  }

  @Test
  void requestsAreCountedByKindAndStatusAndTimedByKind() {
    client.call("promise.get", "{'id':'nothing'}");
    client.call("promise.get", "{}");
    assertThat(scrape())
        .contains(
            "resonate_request_total{kind=\"promise.get\",status=\"404\"} 1.0",
            "resonate_request_total{kind=\"promise.get\",status=\"400\"} 1.0",
            "resonate_request_duration_seconds_count{kind=\"promise.get\"} 2",
            "# TYPE resonate_request_duration_seconds histogram")
        .anyMatch(line ->
            line.startsWith("resonate_request_duration_seconds_bucket{kind=\"promise.get\",le="))
        .anyMatch(
            line -> line.startsWith("resonate_request_duration_seconds_sum{kind=\"promise.get\"}"));
  }

  @Test
  void kindsThatNobodyKnowsShareOneLabel() {
    for (int i = 0; i < 50; i++) {
      client.call("made.up" + i, "{}");
    }
    client.call("debug.made_up", "{}");
    assertThat(scrape())
        .contains(
            "resonate_request_total{kind=\"unknown\",status=\"400\"} 50.0",
            "resonate_request_total{kind=\"unknown\",status=\"403\"} 1.0")
        .noneMatch(line -> line.contains("made"));
  }

  @Test
  void messagesAndDeliveriesAreCounted() {
    String url = "http://127.0.0.1:" + target.getAddress().getPort();
    create("pushed", url + "/yes");
    create("refused", url + "/no");
    try (Client.Stream worker = client.open("/poll/metrics/w1")) {
      create("polled", "poll://any@metrics");
      assertThat(worker.nextTask()).isEqualTo("polled");
      client.call(
          "promise.register_listener", "{'awaited':'polled','address':'poll://uni@metrics/w1'}");
      client.call("promise.settle", "{'id':'polled','state':'resolved'}");
      assertThat(worker.next().path("kind").asText()).isEqualTo("unblock");
    }
    // What was refused is offered again after a while, so there may be more.
    await()
        .untilAsserted(() -> {
          assertThat(value("resonate_messages_total{kind=\"execute\"}")).isGreaterThan(2);
          assertThat(value("resonate_messages_total{kind=\"unblock\"}")).isEqualTo(1);
          assertThat(value("resonate_deliveries_total{status=\"success\"}")).isEqualTo(1);
          assertThat(value("resonate_deliveries_total{status=\"error\"}")).isPositive();
          assertThat(value("resonate_deliveries_total{status=\"dropped\"}")).isZero();
        });
  }

  @Test
  void aGroupTellsHowItsWorkIsSpreadAndWhatWasHandedOver() {
    try (Client.Stream one = client.open("/poll/spread/w1");
        Client.Stream two = client.open("/poll/spread/w2")) {
      create("spread-1", "poll://any@spread/w1");
      assertThat(one.nextTask()).isEqualTo("spread-1");
      client.call("task.acquire", "{'id':'spread-1','version':0,'pid':'w1','ttl':60000}");
      assertThat(value("baton_group_connected_workers{group=\"spread\"}")).isEqualTo(2);
      assertThat(value("baton_group_worker_load_max_tasks{group=\"spread\"}")).isEqualTo(1);
      assertThat(value("baton_group_worker_load_min_tasks{group=\"spread\"}")).isZero();
      assertThat(value("baton_group_handed_over_tasks_total{group=\"spread\"}")).isZero();

      client.call("task.release", "{'id':'spread-1','version':1}");
      assertThat(value("baton_group_handed_over_tasks_total{group=\"spread\"}")).isEqualTo(1);
      assertThat(two).isNotNull();
    }
  }

  @Test
  void nothingIsLeftOfAGroupThatIsForgotten() {
    client.send("PUT", "/groups/passing", "{\"slotsPerWorker\":2}");
    assertThat(scrape()).anyMatch(line -> line.contains("group=\"passing\""));
    client.send("PUT", "/groups/passing", "{\"slotsPerWorker\":null}");
    assertThat(scrape()).noneMatch(line -> line.contains("group=\"passing\""));
  }

  @Test
  void ofManyGroupsTheFirstAreShownOneByOneAndTheOthersTogether() {
    var layers =
        Servers.memory()
            .set(Key.METRICS_PORT, Integer.toString(Ports.free()))
            .set(Key.METRICS_GROUPS, "2");
    try (var small = Servers.start(layers);
        var its = new Client(small.port());
        var itsMetrics = new Client(small.metricsPort())) {
      for (String group : List.of("m", "n")) {
        its.send("PUT", "/groups/" + group, "{\"slotsPerWorker\":2}");
      }
      itsMetrics.send("GET", "/metrics", null);
      for (String group : List.of("a", "z")) {
        its.call(
            "promise.create",
            "{'id':'of-%s','timeoutAt':%s,'tags':{'resonate:target':'poll://any@%s'}}"
                .formatted(group, FAR, group));
      }
      assertThat(lines(itsMetrics).filter(line -> line.startsWith("baton_group_ready_tasks{")))
          .containsExactly(
              "baton_group_ready_tasks{group=\"(other)\"} 2.0",
              "baton_group_ready_tasks{group=\"m\"} 0.0",
              "baton_group_ready_tasks{group=\"n\"} 0.0");
      assertThat(lines(itsMetrics).filter(line -> line.startsWith("baton_group_handed_over")))
          .hasSize(2);
      its.send("PUT", "/groups/m", "{\"slotsPerWorker\":null}");
      assertThat(lines(itsMetrics).filter(line -> line.startsWith("baton_group_ready_tasks{")))
          .containsExactly(
              "baton_group_ready_tasks{group=\"(other)\"} 1.0",
              "baton_group_ready_tasks{group=\"a\"} 1.0",
              "baton_group_ready_tasks{group=\"n\"} 0.0");
    }
  }

  /** A thousand long names would be more than a scrape can hold. */
  @Test
  void groupsWithVeryLongNamesAreShownTogether() {
    for (int length : new int[] {256, 257, 300}) {
      client.call(
          "promise.create",
          "{'id':'long-%1$d','timeoutAt':%2$s,'tags':{'resonate:target':'poll://any@%3$s'}}"
              .formatted(length, FAR, "n".repeat(length)));
    }
    assertThat(scrape())
        .contains(
            "baton_group_ready_tasks{group=\"(other)\"} 2.0",
            "baton_group_ready_tasks{group=\"%s\"} 1.0".formatted("n".repeat(256)))
        .noneMatch(line -> line.contains("n".repeat(257)));
  }

  private static Stream<String> lines(Client metrics) {
    return metrics.send("GET", "/metrics", null).body().path("text").asText().lines();
  }

  @Test
  void everyMetricOfTheDashboardAndTheAlertsExistsAndIsDocumented() throws IOException {
    try (Client.Stream worker = client.open("/poll/shown/w1")) {
      create("shown", "poll://any@shown");
      assertThat(worker.nextTask()).isEqualTo("shown");
      List<String> exposed = scrape();
      Set<String> named = new TreeSet<>();
      for (String file : List.of("dashboard.json", "alerts.yaml")) {
        named.addAll(
            names(
                "\\b(?:baton(?!_operator)|resonate|jvm)_[a-z_]+",
                Files.readString(Path.of("../charts/baton/files", file))));
      }
      named.removeIf(name -> name.startsWith("baton_cluster_")); // See OwnershipIT.
      assertThat(named).hasSizeGreaterThan(12);
      assertThat(named)
          .allSatisfy(name ->
              assertThat(exposed)
                  .anyMatch(line -> line.startsWith(name + "{") || line.startsWith(name + " ")));

      Set<String> types =
          names("(?<=# TYPE )(?:baton|resonate)_[a-z_]+", String.join("\n", exposed));
      types.removeIf(name -> name.endsWith("_max")); // Beside each histogram, the greatest of late.
      assertThat(
              names(
                  "(?<=`)(?:baton|resonate)_[a-z_]+",
                  Files.readString(Path.of("../docs/metrics.md"))))
          .as("what docs/metrics.md lists")
          .isEqualTo(types);
    }
  }

  private static Set<String> names(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static double value(String name) {
    return scrape().stream()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  private static void create(String id, String address) {
    client.call(
        "promise.create",
        "{'id':'%s','timeoutAt':%s,'tags':{'resonate:target':'%s'}}".formatted(id, FAR, address));
  }

  @Test
  void promisesOfSchedulesAreCounted() {
    client.call(
        "schedule.create",
        "{'id':'s','cron':'* * * * * *','promiseId':'s.{{.timestamp}}','promiseTimeout':60000}");
    await().untilAsserted(() -> assertThat(value("resonate_schedule_promises_total")).isPositive());
    client.call("schedule.delete", "{'id':'s'}");
  }
}
