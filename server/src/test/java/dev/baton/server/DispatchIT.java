package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Work reaches workers, and moves when they end, over real connections. */
class DispatchIT {

  private static final String FAR = "99999999999999";

  private BatonServer server;
  private Client client;

  @BeforeEach
  void start() {
    server =
        Servers.start(
            Servers.memory()
                .set(Key.HANDOVER_GRACE, "300")
                .set(Key.POLL_KEEP_ALIVE, "100")
                .set(Key.POLL_MAX_CONNECTIONS, "4"));
    client = new Client(server.port());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private void dispatch(String id) {
    Client.Answer answer =
        client.call(
            "promise.create",
            "{'id':'%s','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g'}}"
                .formatted(id, FAR));
    assertThat(answer.status()).isEqualTo(200);
  }

  private void acquire(String id, int version, String pid) {
    Client.Answer answer =
        client.call(
            "task.acquire",
            "{'id':'%s','version':%d,'pid':'%s','ttl':60000}".formatted(id, version, pid));
    assertThat(answer.status()).isEqualTo(200);
  }

  private Client.Answer fulfill(String id, int version) {
    return client.call(
        "task.fulfill",
        "{'id':'%1$s','version':%2$d,'action':{'kind':'promise.settle','head':{},'data':{'id':'%1$s','state':'resolved'}}}"
            .formatted(id, version));
  }

  private JsonNode group() {
    return client.send("GET", "/groups/g", null).body();
  }

  @Test
  void whatAnHttpTargetAnswersCanBeSeen() throws Exception {
    HttpServer target = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    target.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    target.start();
    try {
      client.call(
          "promise.create",
          "{'id':'posted','timeoutAt':%s,'tags':{'resonate:target':'http://127.0.0.1:%d/hook'}}"
              .formatted(FAR, target.getAddress().getPort()));
      await()
          .untilAsserted(() -> {
            JsonNode delivery = client.send("GET", "/deliveries/posted", null).body();
            assertThat(delivery.path("lastFailure").asText())
                .isEqualTo("it answers with status 404");
            assertThat(delivery.path("posts").asInt()).isPositive();
          });
    } finally {
      target.stop(0);
    }
  }

  @Test
  void whatIsDoneToDeliverATaskCanBeSeen() {
    dispatch("order/7 ü");
    try (var worker = client.open("/poll/g/a?slots=1")) {
      for (int version = 0; version < 3; version++) {
        assertThat(worker.nextTask()).isEqualTo("order/7 ü");
        acquire("order/7 ü", version, "a");
        client.call("task.release", "{'id':'order/7 ü','version':%d}".formatted(version + 1));
      }
      JsonNode delivery = client.send("GET", "/deliveries/order%2F7%20%C3%BC", null).body();
      assertThat(delivery.path("task").asText()).isEqualTo("order/7 ü");
      assertThat(delivery.path("offered").asBoolean()).isTrue();
      assertThat(delivery.path("failedDeliveries").asInt()).isEqualTo(3);
    }
    JsonNode unknown = client.send("GET", "/deliveries/nobody", null).body();
    assertThat(unknown.path("offered").asBoolean()).isFalse();
    assertThat(unknown.path("offeredAgainAt").isNull()).isTrue();
    assertThat(client.send("GET", "/deliveries", null).status()).isEqualTo(404);
    assertThat(client.send("POST", "/deliveries/nobody", null).status()).isEqualTo(405);
  }

  @Test
  void oneSlotWorkersTakeOneTaskEachAndTheNextGoesToWhoFinishes() {
    try (var a = client.open("/poll/g/a?slots=1");
        var b = client.open("/poll/g/b?slots=1")) {
      await().until(() -> group().path("connectedWorkers").asInt() == 2);
      dispatch("t1");
      dispatch("t2");
      dispatch("t3");
      Set<String> first = new TreeSet<>(Set.of(a.nextTask(), b.nextTask()));
      assertThat(first).containsExactly("t1", "t2");
      assertThat(group().path("ready").asInt()).isEqualTo(1);
      acquire("t2", 0, "b");
      assertThat(fulfill("t2", 1).status()).isEqualTo(200);
      assertThat(b.nextTask()).isEqualTo("t3");
    }
  }

  @Test
  void aTaskWaitsForItsWorker() {
    dispatch("t");
    await().until(() -> group().path("ready").asInt() == 1);
    try (var a = client.open("/poll/g/a?slots=1")) {
      assertThat(a.nextTask()).isEqualTo("t");
    }
  }

  @Test
  void aBrokenConnectionHandsItsTaskOverAfterTheGrace() {
    try (var b = client.open("/poll/g/b?slots=1")) {
      var a = client.open("/poll/g/a?slots=2");
      await().until(() -> group().path("connectedWorkers").asInt() == 2);
      client.send("POST", "/groups/g/workers/b/drain", "");
      dispatch("t");
      assertThat(a.nextTask()).isEqualTo("t");
      acquire("t", 0, "a");
      client.send("POST", "/groups/g/workers/b/resume", "");
      long started = System.nanoTime();
      a.close();
      assertThat(b.nextTask()).isEqualTo("t");
      long tookMs = (System.nanoTime() - started) / 1_000_000;
      assertThat(tookMs).isBetween(250L, 2_000L);
      acquire("t", 1, "b");
      assertThat(fulfill("t", 1).status()).as("the first holder is fenced").isEqualTo(409);
      assertThat(fulfill("t", 2).status()).isEqualTo(200);
    }
  }

  @Test
  void aWorkerThatIsSaidToBeGoneHandsOverAtOnce() {
    try (var a = client.open("/poll/g/a?slots=1")) {
      dispatch("t");
      assertThat(a.nextTask()).isEqualTo("t");
      acquire("t", 0, "a");
      try (var b = client.open("/poll/g/b?slots=1")) {
        await().until(() -> group().path("connectedWorkers").asInt() == 2);
        JsonNode answer = client.send("POST", "/groups/g/workers/a/gone", "").body();
        assertThat(answer.path("leasesEnded").asInt()).isEqualTo(1);
        assertThat(answer.path("workers").path(0).asText()).isEqualTo("a");
        assertThat(b.nextTask()).isEqualTo("t");
      }
    }
  }

  @Test
  void anotherRunOfAProcessGivesUpWhatTheEarlierHeld() {
    try (var _ = client.open("/poll/g/a?slots=1&run=1")) {
      dispatch("t");
      acquire("t", 0, "a");
      try (var again = client.open("/poll/g/a?slots=1&run=2")) {
        assertThat(again.nextTask()).isEqualTo("t");
      }
    }
  }

  @Test
  void aReleasedTaskIsOfferedAgainAtOnce() {
    try (var a = client.open("/poll/g/a?slots=1");
        var b = client.open("/poll/g/b?slots=1")) {
      await().until(() -> group().path("connectedWorkers").asInt() == 2);
      dispatch("t");
      boolean isA = a.next(2_000) != null;
      acquire("t", 0, isA ? "a" : "b");
      client.call("task.release", "{'id':'t','version':1}");
      assertThat((isA ? b : a).nextTask()).isEqualTo("t");
    }
  }

  @Test
  void aListenerHearsOfASettlement() {
    client.call("promise.create", "{'id':'p','timeoutAt':%s}".formatted(FAR));
    client.call("promise.register_listener", "{'awaited':'p','address':'poll://uni@clients/c1'}");
    client.call("promise.settle", "{'id':'p','state':'resolved','value':{'data':'\u00fc'}}");
    try (var late = client.open("/poll/clients/c1")) {
      JsonNode message = late.next();
      assertThat(message.path("kind").asText()).isEqualTo("unblock");
      assertThat(message.path("data").path("promise").path("value").path("data").asText())
          .isEqualTo("\u00fc");
    }
  }

  @Test
  void deadlinesFireByThemselves() {
    long now = System.currentTimeMillis();
    client.call(
        "promise.create",
        "{'id':'timer','timeoutAt':%d,'tags':{'resonate:timer':'true'}}".formatted(now + 1_000));
    client.call(
        "promise.register_listener", "{'awaited':'timer','address':'poll://uni@clients/c1'}");
    try (var stream = client.open("/poll/clients/c1")) {
      JsonNode message = stream.next();
      assertThat(message.path("data").path("promise").path("state").asText()).isEqualTo("resolved");
      assertThat(System.currentTimeMillis() - now).isBetween(1_000L, 1_800L);
    }
  }

  @Test
  void aDelayedTaskIsOfferedWhenItsTimeHasCome() {
    long now = System.currentTimeMillis();
    try (var a = client.open("/poll/g/a?slots=1")) {
      client.call(
          "promise.create",
          "{'id':'t','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g','resonate:delay':'%d'}}"
              .formatted(FAR, now + 300));
      assertThat(a.nextTask()).isEqualTo("t");
      assertThat(System.currentTimeMillis() - now).isGreaterThanOrEqualTo(300L);
    }
  }

  @Test
  void tooManyWorkersAreRefusedWithARetry() {
    Map<String, Client.Stream> open = new HashMap<>();
    for (String pid : new String[] {"a", "b", "c", "d"}) {
      open.put(pid, client.open("/poll/g/" + pid));
    }
    Client.Answer refused = client.send("GET", "/poll/g/e", null);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.raw().headers().firstValue("retry-after")).isPresent();
    open.values().forEach(Client.Stream::close);
    await().until(() -> group().path("connectedWorkers").asInt() == 0);
    client.open("/poll/g/e").close();
  }

  @Test
  void aGroupCanBeFollowed() {
    try (var feed = client.open("/groups/g", "accept", "text/event-stream")) {
      assertThat(feed.next().path("ready").asInt()).isZero();
      dispatch("t");
      assertThat(feed.next().path("ready").asInt()).isEqualTo(1);
      try (var _ = client.open("/poll/g/a?slots=1")) {
        JsonNode event = feed.next();
        assertThat(event.path("connectedWorkers").asInt()).isEqualTo(1);
        assertThat(event.path("workers").path(0).path("slots").asInt()).isEqualTo(1);
      }
    }
  }

  @Test
  void allGroupsCanBeFollowedOverOneStream() {
    dispatch("t");
    try (var feed = client.open("/groups", "accept", "text/event-stream")) {
      JsonNode first = feed.next().path("groups");
      assertThat(first).hasSize(1);
      assertThat(first.path(0).path("ready").asInt()).isEqualTo(1);
      client.send("PUT", "/groups/h", "{\"slotsPerWorker\":2}");
      JsonNode changed = feed.next();
      assertThat(changed.path("group").asText()).isEqualTo("h");
      assertThat(changed.path("slotsPerWorker").asInt()).isEqualTo(2);
      acquire("t", 0, "a");
      assertThat(feed.next().path("inFlight").asInt()).isEqualTo(1);
      fulfill("t", 1);
      JsonNode forgotten = feed.next();
      assertThat(forgotten.path("group").asText()).isEqualTo("g");
      assertThat(forgotten.path("inFlight").asInt()).isZero();
    }
  }

  @Test
  void aGroupsSlotsHoldForWorkersThatDoNotSay() {
    client.send("PUT", "/groups/g", "{\"slotsPerWorker\":1}");
    try (var a = client.open("/poll/g/a")) {
      dispatch("t1");
      dispatch("t2");
      assertThat(a.nextTask()).isEqualTo("t1");
      assertThat(group().path("ready").asInt()).isEqualTo(1);
      assertThat(group().path("slotsPerWorker").asInt()).isEqualTo(1);
      client.send("PUT", "/groups/g", "{\"slotsPerWorker\":null}");
      assertThat(a.nextTask()).isEqualTo("t2");
    }
  }

  @Test
  void theEndOfTheServerEndsTheStreams() {
    var a = client.open("/poll/g/a");
    await().until(() -> group().path("connectedWorkers").asInt() == 1);
    server.close();
    assertThat(a.next().path("kind").asText()).isEqualTo("end");
  }
}
