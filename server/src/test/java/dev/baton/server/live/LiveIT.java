package dev.baton.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a page sees of a real server. */
class LiveIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Tokens ISSUER = Tokens.of("ES256");
  private static final String ADMIN = ISSUER.admin();

  private BatonServer server;
  private Client client;

  @BeforeEach
  void start() {
    server =
        Servers.start(
            Servers.memory()
                .set(Key.AUTH_PUBLICKEY, ISSUER.pem())
                .set(Key.HANDOVER_GRACE, "300")
                .set(Key.CONSOLE_STREAMS, "4")
                .set(Key.CONSOLE_EVENTS, "64"));
    client = new Client(server.port());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** A page with a stream that is read on a thread of its own. */
  private final class Follower implements AutoCloseable {
    private final Page page = new Page();
    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpResponse<InputStream> response;

    /** When each message came, by its id. */
    private final Map<String, Long> cameAt = new ConcurrentHashMap<>();

    private volatile boolean hasEnded;

    Follower(String view, String token, String... headers) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + server.port() + "/live?view=" + view))
              .header("Authorization", "Bearer " + token);
      if (headers.length > 0) {
        request.headers(headers);
      }
      try {
        response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (var lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        String event = "";
        String id = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("event: ")) {
            event = line.substring(7);
          } else if (line.startsWith("id: ")) {
            id = line.substring(4);
          } else if (line.startsWith("data: ")) {
            JsonNode data = JSON.readTree(line.substring(6));
            cameAt.putIfAbsent(id, System.nanoTime());
            synchronized (page) {
              page.receive(event, id, data);
            }
          }
        }
      } catch (IOException _) {
        // Ended by this side.
      }
      hasEnded = true;
    }

    int status() {
      return response.statusCode();
    }

    List<String> kinds() {
      synchronized (page) {
        return page.events.stream().map(event -> event.path("kind").textValue()).toList();
      }
    }

    JsonNode last(String kind) {
      synchronized (page) {
        return page.events.reversed().stream()
            .filter(event -> event.path("kind").textValue().equals(kind))
            .findFirst()
            .orElseThrow();
      }
    }

    JsonNode group(String name) {
      synchronized (page) {
        return page.groups.getOrDefault(name, MissingNode.getInstance());
      }
    }

    void awaitSnapshot() {
      await()
          .until(() -> {
            synchronized (page) {
              return page.snapshots > 0;
            }
          });
    }

    @Override
    public void close() {
      http.shutdownNow();
    }
  }

  private int call(String kind, String data) {
    String body =
        "{'kind':'%s','head':{'corrId':'1','version':'2026-04-01','auth':'%s'},'data':%s}"
            .formatted(kind, ADMIN, data)
            .replace('\'', '"');
    return client.post(body).status();
  }

  private void create(String id) {
    assertThat(
            call(
                "promise.create",
                "{'id':'%s','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@mail'}}"
                    .formatted(id)))
        .isEqualTo(200);
  }

  private void acquire(String id, int version, String pid) {
    assertThat(
            call(
                "task.acquire",
                "{'id':'%s','version':%d,'pid':'%s','ttl':600000}".formatted(id, version, pid)))
        .isEqualTo(200);
  }

  private Client.Stream worker(String pid) {
    return client.open(
        "/poll/mail/" + pid + "?slots=1&run=" + pid, "Authorization", "Bearer " + ADMIN);
  }

  @Test
  void aHandOverIsSeenFromTheDeadWorkerToTheSurvivor() {
    try (Follower relay = new Follower("group:mail", ADMIN);
        Follower home = new Follower("groups", ADMIN);
        Follower call = new Follower("call:order", ADMIN)) {
      relay.awaitSnapshot();
      home.awaitSnapshot();
      call.awaitSnapshot();
      Client.Stream dead = worker("w1");
      create("order.1");
      assertThat(dead.nextTask()).isEqualTo("order.1");
      acquire("order.1", 0, "w1");
      await().until(() -> relay.page.tasks.getOrDefault("order.1", "").startsWith("w1 held v1"));
      try (Client.Stream survivor = worker("w2")) {
        await().until(() -> relay.page.workers.keySet().contains("w2"));
        dead.close();
        assertThat(survivor.nextTask()).isEqualTo("order.1");
        acquire("order.1", 1, "w2");
        assertThat(
                call(
                    "task.fulfill",
                    "{'id':'order.1','version':2,'action':{'kind':'promise.settle','head':{},'data':{'id':'order.1','state':'resolved','value':{}}}}"))
            .isEqualTo(200);
        await().until(() -> relay.kinds().contains("settled"));
        assertThat(relay.kinds())
            .containsExactly(
                "connected",
                "ready",
                "sent",
                "taken",
                "connected",
                "lost",
                "gone",
                "returned",
                "sent",
                "taken",
                "settled");
        JsonNode returned = relay.last("returned");
        assertThat(returned.path("pid").textValue()).isEqualTo("w1");
        assertThat(returned.path("cause").textValue()).isEqualTo("connection_lost");
        assertThat(returned.path("version").intValue()).isEqualTo(1);
        assertThat(relay.last("taken").path("pid").textValue()).isEqualTo("w2");
        assertThat(relay.last("settled").path("state").textValue()).isEqualTo("resolved");
        assertThat(relay.page.workers.keySet()).containsExactly("w2");
        assertThat(relay.page.tasks).isEmpty();
        await().until(() -> home.kinds().contains("returned"));
        assertThat(home.kinds()).doesNotContain("settled", "taken");
        await().until(() -> call.kinds().contains("settled"));
        assertThat(call.kinds()).startsWith("ready", "sent", "taken").doesNotContain("lost");
        await()
            .until(() ->
                home.group("mail").path("connectedWorkers").intValue() == 1
                    && home.group("mail").path("handedOver").intValue() == 1);
      }
    }
  }

  @Test
  void aStreamGoesOnWhereAnotherEnded() {
    String last;
    try (Follower first = new Follower("call:a", ADMIN)) {
      first.awaitSnapshot();
      create("a.1");
      await().until(() -> first.kinds().equals(List.of("ready")));
      last = first.page.lastId;
    }
    create("a.2");
    create("b.1");
    try (Follower second = new Follower("call:a", ADMIN, "Last-Event-ID", last)) {
      second.awaitSnapshot();
      // The snapshot may be of a moment before; then it comes with what follows.
      await().until(() -> second.page.events.size() == 1);
      assertThat(second.page.events.getFirst().path("id").textValue()).isEqualTo("a.2");
      assertThat(second.page.gaps).isEmpty();
    }
    for (int i = 0; i < 70; i++) {
      create("c." + i);
    }
    try (Follower late = new Follower("call:a", ADMIN, "Last-Event-ID", last)) {
      late.awaitSnapshot();
      assertThat(late.page.gaps).hasSize(1);
      assertThat(late.page.gaps.getFirst().path("reason").textValue()).isEqualTo("forgotten");
    }
    try (Follower other = new Follower("groups", ADMIN, "Last-Event-ID", "other-7")) {
      other.awaitSnapshot();
      assertThat(other.page.gaps.getFirst().path("reason").textValue()).isEqualTo("restarted");
    }
  }

  @Test
  void nobodySeesWhatIsOutOfReach() {
    String limited = ISSUER.token("prefix", "mine.", "group", List.of("mail"));
    try (Follower group = new Follower("group:mail", limited);
        Follower all = new Follower("groups", limited);
        Follower refused = new Follower("group:other", limited);
        Follower call = new Follower("call:others.1", limited)) {
      assertThat(refused.status()).isEqualTo(403);
      assertThat(call.status()).isEqualTo(403);
      group.awaitSnapshot();
      all.awaitSnapshot();
      create("others.1");
      create("mine.1");
      await().until(() -> group.kinds().contains("ready"));
      assertThat(group.page.events).hasSize(1);
      assertThat(group.last("ready").path("id").textValue()).isEqualTo("mine.1");
      assertThat(all.page.groups.keySet()).isSubsetOf("mail");
    }
    try (Follower none = new Follower("groups", ISSUER.prefix("mine."))) {
      none.awaitSnapshot();
      assertThat(none.page.groups).isEmpty();
      assertThat(none.page.events).isEmpty();
    }
  }

  /** What is sent to each is work for an event loop, of which workers wait for one, not for all. */
  @Test
  void whileOthersAreServedThoseWhoLookAtTheSameAreToldOneAfterTheOther() {
    List<Follower> pages = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        pages.add(new Follower("group:mail", ADMIN));
        pages.getLast().awaitSnapshot();
      }
      List<Long> spreads = new ArrayList<>();
      for (int i = 0; i < 100_000 && spreads.size() < 15; i++) {
        create("paced-" + i);
        spreads.clear();
        pages.getFirst().cameAt.keySet().forEach(id -> spread(pages, id).ifPresent(spreads::add));
      }
      Collections.sort(spreads);
      // Who reads late finds several at once.
      assertThat(spreads.get(spreads.size() * 3 / 4)).isGreaterThan(6_000_000L);
    } finally {
      pages.forEach(Follower::close);
    }
  }

  /** How long it took until all had a message, in nanoseconds; empty if not all have it. */
  private static OptionalLong spread(List<Follower> pages, String id) {
    LongSummaryStatistics came = new LongSummaryStatistics();
    for (Follower page : pages) {
      Long at = page.cameAt.get(id);
      if (at != null) {
        came.accept(at);
      }
    }
    return came.getCount() == pages.size()
        ? OptionalLong.of(came.getMax() - came.getMin())
        : OptionalLong.empty();
  }

  @Test
  void lanesAreChosenByWhoMayLook() {
    try (Follower relay = new Follower("group:mail", ADMIN)) {
      relay.awaitSnapshot();
      String path = "/live/" + relay.page.stream;
      assertThat(post(path, "{\"lanes\":[\"w1\",\"w2\"]}", ADMIN)).isEqualTo(200);
      for (String wrong : List.of("", "[]", "{}", "{\"lanes\":[1]}", "{\"lanes\":\"w1\"}")) {
        assertThat(post(path, wrong, ADMIN)).as(wrong).isEqualTo(400);
      }
      assertThat(post(path, "{\"lanes\":[]}", ISSUER.prefix("x"))).isEqualTo(403);
      assertThat(post("/live/unknown", "{\"lanes\":[]}", ADMIN)).isEqualTo(404);
    }
  }

  private int post(String path, String body, String token) {
    return client.send("POST", path, body, "Authorization", "Bearer " + token).status();
  }

  @Test
  void viewsAreCheckedAndStreamsAreFew() {
    for (String wrong : List.of("", "group:", "call:", "nonsense")) {
      try (Follower refused = new Follower(wrong, ADMIN)) {
        assertThat(refused.status()).as(wrong).isEqualTo(400);
      }
    }
    Follower four = new Follower("groups", ADMIN);
    try (Follower one = new Follower("groups", ADMIN);
        Follower two = new Follower("groups", ADMIN);
        Follower three = new Follower("groups", ADMIN);
        Follower five = new Follower("groups", ADMIN)) {
      for (Follower open : List.of(one, two, three, four)) {
        assertThat(open.status()).isEqualTo(200);
      }
      assertThat(five.status()).isEqualTo(503);
      assertThat(five.response.headers().firstValue("retry-after")).isPresent();
      assertThat(one.response.headers().firstValue("content-type").orElse(""))
          .isEqualTo("text/event-stream");
      assertThat(
              Integer.parseInt(
                  one.response.headers().firstValue("baton-keep-alive-ms").orElse("0")))
          .isBetween(1, 5_000);
      four.close();
      await()
          .until(() -> {
            try (Follower next = new Follower("groups", ADMIN)) {
              return next.status() == 200;
            }
          });
    }
  }

  @Test
  void streamsEndWithTheServer() {
    try (Follower follower = new Follower("groups", ADMIN)) {
      follower.awaitSnapshot();
      server.close();
      await().until(() -> follower.hasEnded);
    }
  }

  @Test
  void whatPeopleWroteIsTextInEveryMember() throws JsonProcessingException {
    String id = "<img src=x onerror=alert(1)>\n\"\u2028\rdata: x'</script>";
    try (Follower group = new Follower("group:mail", ADMIN)) {
      group.awaitSnapshot();
      ObjectNode envelope = JSON.createObjectNode().put("kind", "promise.create");
      envelope.putObject("head").put("corrId", "1").put("version", "2026-04-01").put("auth", ADMIN);
      envelope
          .putObject("data")
          .put("id", id)
          .put("timeoutAt", 99999999999999L)
          .putObject("tags")
          .put("resonate:target", "poll://any@mail");
      assertThat(client.post(JSON.writeValueAsString(envelope)).status()).isEqualTo(200);
      await().until(() -> group.kinds().contains("ready"));
      assertThat(group.last("ready").path("id").textValue()).isEqualTo(id);
    }
  }
}
