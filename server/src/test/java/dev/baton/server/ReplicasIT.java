package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.cluster.Owner;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers over one store: whichever is asked, the owner answers. */
@Timeout(60)
class ReplicasIT {

  private Members members = new Members(2);

  @AfterEach
  void stop() {
    members.close();
  }

  private static String create(String id) {
    return "{'id':'%s','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@workers'}}"
        .formatted(id);
  }

  private static String get(String id) {
    return "{'id':'%s'}".formatted(id);
  }

  private static int call(Client client, String kind, String data) {
    return client.call(kind, data).status();
  }

  private int connected(int i) {
    return members
        .client(i)
        .send("GET", "/groups/workers", null)
        .body()
        .path("connectedWorkers")
        .asInt();
  }

  @Test
  void whatIsCreatedAtOneIsFoundAtTheOther() {
    members.own(0);
    for (int i = 0; i < 2; i++) {
      assertThat(call(members.client(i), "promise.create", create("p" + i))).isEqualTo(200);
      for (int j = 0; j < 2; j++) {
        assertThat(call(members.client(j), "promise.get", get("p" + i))).isEqualTo(200);
      }
      Client.Answer missing = members.client(i).call("promise.get", get("missing"));
      assertThat(missing.status()).isEqualTo(404);
      assertThat(missing.body().path("head").path("corrId").asText()).isEqualTo("c");
      assertThat(call(members.client(i), "promise.create", "{'id':''}")).isEqualTo(400);
    }
    Client.Answer found = members.client(1).call("promise.search", "{'id':'*','limit':10}");
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.data().path("promises")).hasSize(2);
  }

  @Test
  void aWorkerAnywhereIsGivenWorkFromAnywhere() {
    members.own(0);
    for (int at = 0; at < 2; at++) {
      for (int from = 0; from < 2; from++) {
        String id = "t" + at + from;
        int workers = at;
        try (Client.Stream stream = members.client(at).open("/poll/workers/w" + at)) {
          assertThat(stream.status()).isEqualTo(200);
          await().until(() -> connected(workers) == 1);
          call(members.client(from), "promise.create", create(id));
          assertThat(stream.nextTask()).isEqualTo(id);
          assertThat(
                  call(
                      members.client(at),
                      "task.acquire",
                      "{'id':'%s','version':0,'pid':'w%d','ttl':60000}".formatted(id, at)))
              .isEqualTo(200);
          assertThat(
                  call(
                      members.client(at),
                      "task.fulfill",
                      "{'id':'%s','version':1,'action':{'kind':'promise.settle','head':{},'data':{'id':'%s','state':'resolved','value':{}}}}"
                          .formatted(id, id)))
              .isEqualTo(200);
        }
        await().until(() -> connected(workers) == 0);
      }
    }
  }

  @Test
  void streamsStayOpenWhenAnotherTakesOver() {
    members.own(0);
    try (Client.Stream here = members.client(0).open("/poll/workers/w0");
        Client.Stream there = members.client(1).open("/poll/workers/w1");
        Client.Stream groups =
            members.client(1).open("/groups/workers", "accept", "text/event-stream")) {
      await().until(() -> connected(1) == 2);
      for (int owner : new int[] {1, 0, 1}) {
        members.own(owner);
        await().until(() -> connected(0) == 2);
        call(members.client(0), "promise.create", create("a" + owner + System.nanoTime()));
        call(members.client(1), "promise.create", create("b" + owner + System.nanoTime()));
      }
      assertThat(here.nextTask()).isNotEmpty();
      assertThat(there.nextTask()).isNotEmpty();
      await()
          .until(() -> {
            JsonNode event = groups.next();
            return event.path("connectedWorkers").asInt() == 2;
          });
    }
  }

  @Test
  void aRequestWaitsForAnOwner() throws Exception {
    CompletableFuture<Integer> early =
        CompletableFuture.supplyAsync(
            () -> call(members.client(1), "promise.create", create("early")));
    CompletableFuture<Integer> alsoEarly =
        CompletableFuture.supplyAsync(
            () -> members.client(1).send("GET", "/groups/workers", null).status());
    await().until(() -> members.member(1).replica().metrics().waiting() > 0);
    assertThat(early).isNotDone();
    assertThat(ready(0)).isEqualTo(503);
    assertThat(ready(1)).isEqualTo(503);
    assertThat(members.client(1).send("GET", "/health", null).status()).isEqualTo(200);
    members.own(0);
    assertThat(early.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(alsoEarly.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    await().until(() -> ready(0) == 200 && ready(1) == 200);
  }

  private int ready(int i) {
    return members.client(i).send("GET", "/ready", null).status();
  }

  @Test
  void aRequestWaitsNoLongerThanItMay() {
    members.close();
    members = new Members(2, layers -> layers.set(Key.CLUSTER_HOLD, "300"));
    for (String[] request :
        new String[][] {
          {"POST", "/"}, {"GET", "/groups"}, {"GET", "/poll/workers/w"}, {"PUT", "/groups/g"}
        }) {
      Client.Answer answer =
          request[1].equals("/")
              ? members.client(1).call("promise.create", create("p"))
              : members.client(1).send(request[0], request[1], null);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.raw().headers().firstValue("retry-after")).hasValue("1");
    }
    members.own(0);
    assertThat(call(members.client(1), "promise.get", get("p"))).isEqualTo(404);
  }

  @Test
  void whatTheGroupsApiDoesAtOneIsSeenAtTheOther() {
    members.own(0);
    Client.Answer put = members.client(1).send("PUT", "/groups/workers", "{\"slotsPerWorker\":3}");
    assertThat(put.status()).isEqualTo(200);
    JsonNode seen = members.client(0).send("GET", "/groups/workers", null).body();
    assertThat(seen.path("slotsPerWorker").asInt()).isEqualTo(3);
    try (Client.Stream stream = members.client(1).open("/poll/workers/w1")) {
      await().until(() -> connected(0) == 1);
      assertThat(seenAddress(0)).isEqualTo("127.0.0.1");
      Client.Answer gone = members.client(0).send("POST", "/groups/workers/workers/w1/gone", null);
      assertThat(gone.status()).isEqualTo(200);
      assertThat(stream.next().path("kind").asText()).isEqualTo("end");
    }

    assertThat(members.client(1).send("GET", "/nothing", null).status()).isEqualTo(404);
    assertThat(members.client(1).send("POST", "/groups", null).status()).isEqualTo(405);
  }

  /** What the console's page asks for. */
  private static final List<String> LOOKED_AT =
      List.of(
          "/console/",
          "/whoami",
          "/calls?limit=10",
          "/calls/seen",
          "/calls/seen/tree",
          "/calls/none",
          "/console/api/cron?expression=0+12+*+*+*",
          "/console/api/cron?expression=nonsense",
          "/deliveries/seen",
          "/groups");

  /** Its answer, but for the instant. */
  private String looked(int at, String path) {
    Client.Answer answer = members.client(at).send("GET", path, null);
    return answer.status() + " " + answer.body().toString().replaceAll("\\b\\d{13}\\b", "now");
  }

  @Test
  void theConsoleShowsTheSameEverywhereAlsoAfterATakeover() {
    members.own(0);
    try (Client.Stream worker = members.client(1).open("/poll/workers/w1");
        Client.Stream live =
            members.client(1).open("/live?view=group:workers", "accept", "text/event-stream")) {
      await().until(() -> connected(0) == 1);
      String stream = nextSnapshot(live);
      call(members.client(0), "promise.create", create("seen"));
      assertThat(worker.nextTask()).isEqualTo("seen");
      await().until(() -> live.next().path("events").toString().contains("seen"));
      for (int at = 0; at < 2; at++) {
        assertThat(
                members
                    .client(at)
                    .send("POST", "/live/" + stream, "{\"lanes\":[\"w1\"]}")
                    .body()
                    .path("lanes")
                    .asInt())
            .isEqualTo(1);
      }
      for (String path : LOOKED_AT) {
        assertThat(looked(1, path)).as(path).isEqualTo(looked(0, path));
      }
      members.own(1);
      String next = nextSnapshot(live);
      assertThat(next).isNotEqualTo(stream);
      await().until(() -> connected(0) == 1);
      call(members.client(0), "promise.create", create("later"));
      await().until(() -> live.next().path("events").toString().contains("later"));
      assertThat(
              members
                  .client(0)
                  .send("POST", "/live/" + next, "{\"lanes\":[\"w1\"]}")
                  .body()
                  .path("lanes")
                  .asInt())
          .isEqualTo(1);
      for (String path : LOOKED_AT) {
        assertThat(looked(0, path)).as(path).isEqualTo(looked(1, path));
      }
    }
  }

  /** Waits for a snapshot; answers the name of its stream. */
  private static String nextSnapshot(Client.Stream live) {
    String[] name = new String[1];
    await()
        .until(() -> {
          JsonNode event = live.next();
          name[0] = event.path("stream").asText();
          return event.path("view").asText().equals("group:workers");
        });
    return name[0];
  }

  private String seenAddress(int i) {
    return members
        .client(i)
        .send("GET", "/groups/workers", null)
        .body()
        .path("workers")
        .path(0)
        .path("address")
        .asText();
  }

  /** Its worker has the usual time if it left, and more if its server was lost. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStreamThatIsLostWithItsServerHasALongerGrace(boolean isServerLost) {
    members.own(0);
    Client.Stream stream = members.client(1).open("/poll/workers/w1");
    await().until(() -> connected(0) == 1);
    call(members.client(0), "promise.create", create("p"));
    assertThat(stream.nextTask()).isEqualTo("p");
    call(members.client(1), "task.acquire", "{'id':'p','version':0,'pid':'w1','ttl':60000}");
    if (isServerLost) {
      members.kill(1);
    } else {
      stream.close();
    }
    await().until(() -> connected(0) == 0);
    if (isServerLost) {
      await()
          .during(Duration.ofMillis(1_500))
          .atMost(Duration.ofSeconds(4))
          .until(() -> state("p").equals("acquired"));
    } else {
      await().atMost(Duration.ofSeconds(4)).until(() -> state("p").equals("pending"));
    }
  }

  private String state(String id) {
    return members.client(0).call("task.get", get(id)).data().path("task").path("state").asText();
  }

  @Test
  void nobodyElseGetsInByThePortOfTheServers() {
    members.own(0);
    try (Client stranger = Client.at(members.wire(0))) {
      assertThat(stranger.send("GET", "/groups", null).status()).isEqualTo(403);
      assertThat(
              stranger
                  .send("GET", "/groups", null, "baton-cluster-secret", "a-guess-of-a-stranger")
                  .status())
          .isEqualTo(403);
      assertThat(
              stranger
                  .send(
                      "GET",
                      "/groups",
                      null,
                      "baton-cluster-secret",
                      Members.SECRET,
                      "baton-wire",
                      "0")
                  .status())
          .isEqualTo(505);
      assertThat(
              stranger
                  .send(
                      "GET",
                      "/groups",
                      null,
                      "baton-cluster-secret",
                      Members.SECRET,
                      "baton-wire",
                      "1")
                  .status())
          .isEqualTo(200);
    }
    try (Client.Stream stream =
        members
            .client(1)
            .open(
                "/poll/workers/w1",
                "baton-client-address",
                "10.1.2.3",
                "baton-cluster-secret",
                Members.SECRET)) {
      assertThat(stream.status()).isEqualTo(200);
      await().until(() -> connected(0) == 1);
      assertThat(seenAddress(0)).isEqualTo("127.0.0.1");
    }
  }

  /**
   * An owner that is lost with a request that it has been sent. If that had not happened, the next
   * does it; if the task has ended otherwise, the next one's refusal is not what its sender is
   * told.
   */
  @ParameterizedTest
  @CsvSource({"false, 200", "true, 503"})
  void whatWasSentToALostOwnerIsSentAgainAndARefusalThenSaysNothing(boolean hasEnded, int status)
      throws Exception {
    String fulfill =
        "{'id':'t','version':1,'action':{'kind':'promise.settle','head':{},'data':{'id':'t',"
            + "'state':'resolved','value':{}}}}";
    members.own(0);
    assertThat(call(members.client(0), "promise.create", create("t"))).isEqualTo(200);
    assertThat(
            call(members.client(0), "task.acquire", "{'id':'t','version':0,'pid':'w','ttl':60000}"))
        .isEqualTo(200);
    if (hasEnded) {
      String otherwise = fulfill.replace("'value':{}", "'value':{'data':'eA=='}");
      assertThat(call(members.client(0), "task.fulfill", otherwise)).isEqualTo(200);
    }
    Vertx vertx = Vertx.vertx();
    try {
      CountDownLatch isSent = new CountDownLatch(1);
      HttpServer lost =
          vertx
              .createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
              .requestHandler(request -> {
                if (request.method().equals(HttpMethod.POST)) {
                  isSent.countDown(); // It answers nothing.
                } else {
                  request.response().end();
                }
              })
              .listen(0)
              .toCompletionStage()
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);
      members.nobody();
      members.member(1).follow(new Owner(1, "http://127.0.0.1:" + lost.actualPort(), null));
      CompletableFuture<Client.Answer> answer =
          CompletableFuture.supplyAsync(() -> members.client(1).call("task.fulfill", fulfill));
      assertThat(isSent.await(20, TimeUnit.SECONDS)).isTrue();
      members.own(0);
      assertThat(answer.get(20, TimeUnit.SECONDS).status()).isEqualTo(status);
      assertThat(members.member(1).replica().metrics().repeated()).isEqualTo(1);
      assertThat(
              members.client(1).call("promise.get", get("t")).data().at("/promise/state").asText())
          .isEqualTo("resolved");
    } finally {
      vertx.close();
    }
  }
}
