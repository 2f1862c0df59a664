package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.BatonServer;
import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The old interface over HTTP, as its clients use it. */
class LegacyIT {

  private static final long FAR = 99_999_999_999_999L;

  private static BatonServer server;
  private static Client client;
  private static Client messages;

  @BeforeAll
  static void start() {
    server = LegacyServers.start(LegacyServers.memory());
    client = new Client(server.port());
    messages = new Client(server.legacyPort());
  }

  @AfterAll
  static void stop() {
    messages.close();
    client.close();
    server.close();
  }

  private static Client.Answer send(
      String method, String path, @Nullable String body, String... headers) {
    return client.send(method, path, body == null ? null : body.replace('\'', '"'), headers);
  }

  private static Client.Answer create(String id, String tags, String... headers) {
    return send(
        "POST",
        "/promises",
        "{'id':'%s','timeout':%d,'tags':{%s}}".formatted(id, FAR, tags),
        headers);
  }

  private static Client.Answer resolve(String id) {
    return send("PATCH", "/promises/" + id, "{'state':'RESOLVED','value':{'data':'eA=='}}");
  }

  private static Client.Answer claim(String id, int counter) {
    return send(
        "POST",
        "/tasks/claim",
        "{'id':'%s','counter':%d,'processId':'w1','ttl':60000}".formatted(id, counter));
  }

  @Test
  void aWorkflowIsInvokedSuspendedResumedAndItsClientIsNotified() {
    try (Client.Stream worker = messages.open("/story/w1");
        Client.Stream caller = messages.open("/callers/c1")) {
      create("wf", "'resonate:invoke':'poll://any@story'");
      assertThat(
              send(
                      "POST",
                      "/promises/subscribe/wf",
                      "{'id':'c1','timeout':%d,'recv':'poll://uni@callers/c1'}".formatted(FAR))
                  .status())
          .isEqualTo(201);
      JsonNode invoke = worker.next();
      assertThat(invoke.path("type").asText()).isEqualTo("invoke");
      assertThat(invoke.at("/task/id").asText()).isEqualTo("__invoke:wf");
      assertThat(claim("__invoke:wf", 1).status()).isEqualTo(201);
      create("wf.1", "");
      String callback =
          "{'rootPromiseId':'wf','timeout':%d,'recv':'poll://any@story/w1'}".formatted(FAR);
      assertThat(send("POST", "/promises/callback/wf.1", callback).status()).isEqualTo(201);
      String done = "{'id':'__invoke:wf','counter':1}";
      assertThat(send("POST", "/tasks/complete", done).status()).isEqualTo(201);
      // The new protocol settles what the old interface waits for.
      client.call("promise.settle", "{'id':'wf.1','state':'resolved','value':{'data':'ImhpIg=='}}");
      JsonNode resume = worker.next();
      assertThat(resume.path("type").asText()).isEqualTo("resume");
      JsonNode claimed = claim(resume.at("/task/id").asText(), 1).body();
      assertThat(claimed.at("/promises/leaf/data/value/data").asText()).isEqualTo("ImhpIg==");
      assertThat(claimed.at("/promises/root/data/id").asText()).isEqualTo("wf");
      assertThat(resolve("wf").status()).isEqualTo(201);
      JsonNode notify = caller.next();
      assertThat(notify.path("type").asText()).isEqualTo("notify");
      assertThat(notify.at("/promise/state").asText()).isEqualTo("RESOLVED");
    }
  }

  @Test
  void bothInterfacesSeeTheSamePromise() {
    create("shared", "'k':'v'", "idempotency-key", "key");
    JsonNode seen = client.call("promise.get", "{'id':'shared'}").data().path("promise");
    assertThat(seen.path("state").asText()).isEqualTo("pending");
    assertThat(seen.at("/tags/k").asText()).isEqualTo("v");
    client.call("promise.settle", "{'id':'shared','state':'rejected','value':{'data':'eA=='}}");
    JsonNode old = send("GET", "/promises/shared", null).body();
    assertThat(old.path("state").asText()).isEqualTo("REJECTED");
    assertThat(old.at("/value/data").asText()).isEqualTo("eA==");
    assertThat(old.path("idempotencyKeyForCreate").asText()).isEqualTo("key");
    assertThat(old.path("tags").size()).isEqualTo(1);
    assertThat(resolve("shared").body().at("/error/code").asInt()).isEqualTo(40302);
  }

  @Test
  void anIdMayHoldSlashesAndAnyScript() {
    create("a/b ü", "");
    assertThat(send("GET", "/promises/a/b%20%C3%BC", null).body().path("id").asText())
        .isEqualTo("a/b ü");
    assertThat(send("GET", "/promises/a%2Fb%20%C3%BC", null).status()).isEqualTo(200);
    assertThat(send("PATCH", "/promises/a/b%20%C3%BC", "{'state':'rejected'}").status())
        .isEqualTo(201);
  }

  @Test
  void aNewConnectionOfTheSameWorkerClosesTheOldOne() {
    try (Client.Stream first = messages.open("/twice/w1");
        Client.Stream second = messages.open("/twice/w1")) {
      assertThat(first.next().path("kind").asText()).isEqualTo("end");
      create("twice", "'resonate:invoke':'poll://uni@twice/w1'");
      assertThat(second.next().path("type").asText()).isEqualTo("invoke");
    }
  }

  @Test
  void workersOfOneNameOnBothPortsAreTwoGroups() {
    try (Client.Stream old = messages.open("/same/w1");
        Client.Stream current = client.open("/poll/same/w1")) {
      create("for-the-old", "'resonate:invoke':'poll://any@same'");
      client.call(
          "promise.create",
          "{'id':'for-the-new','timeoutAt':%d,'tags':{'resonate:target':'poll://any@same'}}"
              .formatted(FAR));
      assertThat(old.next().at("/task/rootPromiseId").asText()).isEqualTo("for-the-old");
      assertThat(current.nextTask()).isEqualTo("for-the-new");
      assertThat(send("GET", "/groups", null).body().toString())
          .contains("\"legacy:same\"", "\"same\"");
    }
  }

  @Test
  void aSearchGoesFromTheNewestToTheOldestPageByPage() {
    for (int i = 0; i < 5; i++) {
      create("find/" + i, "'resonate:invoke':'nobody'");
    }
    List<String> found = new ArrayList<>();
    String query = "id=find/*&limit=2&state=pending";
    int pages = 0;
    do {
      JsonNode page = send("GET", "/promises?" + query, null).body();
      page.path("promises").forEach(promise -> found.add(promise.path("id").asText()));
      query = page.path("cursor").isNull() ? "" : "cursor=" + page.path("cursor").asText();
      pages++;
    } while (!query.isEmpty());
    assertThat(found).containsExactly("find/4", "find/3", "find/2", "find/1", "find/0");
    assertThat(pages).isEqualTo(3);
    assertThat(send("GET", "/promises?cursor=nonsense", null).status()).isEqualTo(400);
  }

  @Test
  void aScheduleIsShownAsItWasGiven() {
    String body =
        "{'id':'weekly','cron':'0 8 * * 1','tags':{'a':'b'},'promiseId':'{{.id}}.{{.timestamp}}',"
            + "'promiseTimeout':1000,'promiseTags':{'c':'d'}}";
    JsonNode schedule = send("POST", "/schedules", body, "idempotency-key", "k").body();
    assertThat(schedule.path("cron").asText()).isEqualTo("0 8 * * 1");
    assertThat(schedule.path("promiseTags").toString()).isEqualTo("{\"c\":\"d\"}");
    assertThat(send("GET", "/schedules?id=week*", null).body().at("/schedules/0/id").asText())
        .isEqualTo("weekly");
    assertThat(client.call("schedule.get", "{'id':'weekly'}").data().at("/schedule/cron").asText())
        .endsWith("0 8 * * 2");
    assertThat(send("DELETE", "/schedules/weekly", null).status()).isEqualTo(204);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          POST   | /promises               | {'id':'__invoke:x'}                          | 400
          POST   | /promises               | {'id':'x','timeout':-1}                      | 400
          POST   | /promises               | {'id':'x','tags':{'a':1}}                    | 400
          POST   | /promises               | {'id':'x','param':{'headers':[]}}            | 400
          POST   | /promises               | {'id':'a\\u0000b'}                           | 400
          POST   | /promises               | {'id':'a\\ud800'}                            | 400
          POST   | /promises               | []                                           | 400
          POST   | /promises               | {'id':'x'} {}                                | 400
          POST   | /promises/callback/x    | {'rootPromiseId':'x','timeout':1,'recv':'r'} | 400
          POST   | /promises/subscribe/x   | {'id':'s','timeout':1,'recv':5}              | 400
          POST   | /promises/eat/x         | {}                                           | 404
          PATCH  | /promises               | {}                                           | 404
          PATCH  | /promises/none          | {'state':'RESOLVED'}                         | 404
          DELETE | /promises/x             | -                                            | 404
          GET    | /promises/none          | -                                            | 404
          GET    | /tasks/claim/x/1        | -                                            | 404
          POST   | /tasks/eat              | {}                                           | 404
          POST   | /tasks/claim            | {'id':'x','counter':1.5,'processId':'p','ttl':1} | 400
          POST   | /schedules              | {'id':'s','cron':'0 8 1 * 1','promiseId':'p','promiseTimeout':1} | 400
          GET    | /ping                   | -                                            | 200
          """)
  void oddRequests(String method, String path, @Nullable String body, int status) {
    assertThat(send(method, path, body).status()).isEqualTo(status);
  }

  @Test
  void theSamePromiseIsCreatedOnceForEachKey() {
    String[] key = {"idempotency-key", "k", "strict", "false"};
    assertThat(create("once", "", key).status()).isEqualTo(201);
    assertThat(create("once", "", key).status()).isEqualTo(200);
    assertThat(create("once", "", "idempotency-key", "other").status()).isEqualTo(409);
    resolve("once");
    assertThat(create("once", "", key).status()).isEqualTo(200);
    assertThat(create("once", "", "idempotency-key", "k", "strict", "true").status())
        .isEqualTo(409);
  }

  @Test
  void withAKeySetTheTokenIsABearerOrTheBasicPassword() {
    Tokens issuer = Tokens.of("ES256");
    try (BatonServer closed =
            LegacyServers.start(LegacyServers.memory().set(Key.AUTH_PUBLICKEY, issuer.pem()));
        Client api = new Client(closed.port());
        Client port = new Client(closed.legacyPort())) {
      String body = "{\"id\":\"foo.1\",\"timeout\":" + FAR + "}";
      assertThat(api.send("POST", "/promises", body).status()).isEqualTo(401);
      assertThat(post(api, body, "Bearer nonsense")).isEqualTo(401);
      assertThat(post(api, body, "Basic ????")).isEqualTo(401);
      assertThat(post(api, body, basic("nonsense"))).isEqualTo(401);
      assertThat(post(api, body, "Bearer " + issuer.prefix("bar"))).isEqualTo(403);
      assertThat(post(api, body, basic(issuer.prefix("bar")))).isEqualTo(403);
      assertThat(post(api, body, basic(issuer.prefix("foo")))).isEqualTo(201);
      String search = "/promises?id=*";
      assertThat(get(api, search, issuer.prefix("foo"))).isEqualTo(403);
      assertThat(get(api, search, issuer.admin())).isEqualTo(200);
      assertThat(api.send("GET", "/ping", null).status()).isEqualTo(200);
      try (Client.Stream refused = port.open("/g/w1");
          Client.Stream bare = port.open("/g/w1", "Authorization", basic(issuer.token()));
          Client.Stream other = port.open("/g/w1", "Authorization", basic(issuer.prefix("h")));
          Client.Stream open = port.open("/g/w1", "Authorization", basic(issuer.prefix("g")))) {
        assertThat(refused.status()).isEqualTo(401);
        assertThat(bare.status()).isEqualTo(403);
        assertThat(other.status()).isEqualTo(403);
        assertThat(open.status()).isEqualTo(200);
      }
      String told = "{\"id\":\"s\",\"timeout\":" + FAR + ",\"recv\":\"poll://uni@%s/w\"}";
      for (String group : List.of("bar", "foo.g")) {
        assertThat(
                api.send(
                        "POST",
                        "/promises/subscribe/foo.1",
                        told.formatted(group),
                        "Authorization",
                        basic(issuer.prefix("foo")))
                    .status())
            .as(group)
            .isEqualTo(group.equals("bar") ? 403 : 201);
      }
    }
  }

  @Test
  void webPagesOfOtherSitesAreKeptOut() {
    String[] foreign = {"Origin", "http://evil.example"};
    assertThat(send("POST", "/promises", "{}", foreign).status()).isEqualTo(403);
    assertThat(send("GET", "/ping", null, foreign).status()).isEqualTo(403);
    try (Client.Stream stream = messages.open("/g/w", foreign)) {
      assertThat(stream.status()).isEqualTo(403);
    }
  }

  private static int post(Client api, String body, String authorization) {
    return api.send("POST", "/promises", body, "Authorization", authorization).status();
  }

  private static int get(Client api, String path, String token) {
    return api.send("GET", path, null, "Authorization", basic(token)).status();
  }

  private static String basic(String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("anybody:" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void itIsOffUnlessItIsWantedAndThenTheRulesAreThoseOfTheRelease() {
    try (BatonServer without =
            LegacyServers.start(LegacyServers.memory().set(Key.LEGACY_ENABLED, "false"));
        Client api = new Client(without.port())) {
      assertThat(api.send("GET", "/promises/x", null).status()).isEqualTo(410);
      assertThat(api.send("GET", "/ping", null).status()).isEqualTo(404);
      assertThat(without.legacyPort()).isZero();
    }
    assertThatThrownBy(() -> LegacyServers.start(LegacyServers.memory().set(Key.PROFILE, "main")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("legacy.enabled");
  }

  @Test
  void anAddressThatIsTooLongIsRefused() {
    create("long.root", "");
    create("long.leaf", "");
    String receiver = "{'type':'poll','data':{'group':'%s'}}".formatted("g".repeat(5_000));
    for (Client.Answer refused :
        List.of(
            send(
                "POST",
                "/promises/callback/long.leaf",
                "{'rootPromiseId':'long.root','timeout':%d,'recv':%s}".formatted(FAR, receiver)),
            send(
                "POST",
                "/promises/subscribe/long.leaf",
                "{'id':'s','timeout':%d,'recv':%s}".formatted(FAR, receiver)),
            create(
                "long.call", "'resonate:invoke':'poll://any@%s'".formatted("g".repeat(5_000))))) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.raw().body())
          .contains("the address in ", "server.max_id_length allows 4096");
    }
  }

  @Test
  void whatTheProtocolHasLeftInACarrierDoesNotFailAnAnswer() {
    create("odd", "'resonate:invoke':'poll://any@odd'");
    Client.Answer settled =
        client.call(
            "promise.settle",
            "{'id':'__invoke:odd','state':'resolved','value':{'headers':{'counter':'many'}}}");
    assertThat(settled.status()).isEqualTo(200);
    Client.Answer completed = send("POST", "/tasks/complete", "{'id':'__invoke:odd','counter':1}");
    assertThat(completed.status()).isEqualTo(200);
    assertThat(completed.body().path("counter").asInt()).isPositive();
  }
}
