package dev.baton.server.auth;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;

/** With a key set, only the health checks are open. */
class AuthenticationIT {

  private static final Tokens ISSUER = Tokens.of("ES256");

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, ISSUER.pem()));
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          method | path                         | none | nonsense | expired | bare | prefix | group | both | empty | admin
          GET    | /health                      | 200  | 200      | 200     | 200  | 200    | 200   | 200  | 200   | 200
          GET    | /ready                       | 200  | 200      | 200     | 200  | 200    | 200   | 200  | 200   | 200
          HEAD   | /poll/foo.g/w                | 401  | 401      | 401     | 403  | 200    | 403   | 403  | 200   | 200
          HEAD   | /poll/mail/w                 | 401  | 401      | 401     | 403  | 403    | 200   | 200  | 200   | 200
          HEAD   | /poll/mail/foo.w             | 401  | 401      | 401     | 403  | 403    | 200   | 200  | 200   | 200
          HEAD   | /poll/bar.g/w                | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          GET    | /groups                      | 401  | 401      | 401     | 403  | 200    | 200   | 200  | 200   | 200
          HEAD   | /groups                      | 401  | 401      | 401     | 403  | 200    | 200   | 200  | 200   | 200
          GET    | /groups/foo.g                | 401  | 401      | 401     | 403  | 200    | 403   | 403  | 200   | 200
          GET    | /groups/mail                 | 401  | 401      | 401     | 403  | 403    | 200   | 200  | 200   | 200
          GET    | /groups/bar.g                | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          PUT    | /groups/foo.g                | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          PUT    | /groups/mail                 | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          POST   | /groups/mail/workers/w/drain | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          POST   | /groups/mail/workers/w/resume| 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          POST   | /groups/mail/workers/w/gone  | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          POST   | /groups/bar.g/workers/w/gone | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          POST   | /groups                      | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 405   | 405
          GET    | /groups/mail/and/more        | 401  | 401      | 401     | 403  | 403    | 404   | 404  | 404   | 404
          GET    | /deliveries/foo.p            | 401  | 401      | 401     | 403  | 200    | 403   | 200  | 200   | 200
          GET    | /deliveries/bar.p            | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          POST   | /deliveries/foo.p            | 401  | 401      | 401     | 403  | 405    | 403   | 405  | 405   | 405
          GET    | /promises                    | 410  | 410      | 410     | 410  | 410    | 410   | 410  | 410   | 410
          GET    | /elsewhere                   | 404  | 404      | 404     | 404  | 404    | 404   | 404  | 404   | 404
          """,
      useHeadersInDisplayName = true)
  void whatEachTokenOpens(ArgumentsAccessor row) {
    String method = requireNonNull(row.getString(0));
    String path = requireNonNull(row.getString(1));
    List<@Nullable String> tokens = tokens();
    for (int i = 0; i < tokens.size(); i++) {
      assertThat(status(method, path, tokens.get(i)))
          .as("token %d", i)
          .isEqualTo(row.getInteger(i + 2));
    }
  }

  /** None, nonsense, expired, bare, prefix, group, both, the empty prefix, admin. */
  private static List<@Nullable String> tokens() {
    return Arrays.asList(
        null,
        "nonsense",
        ISSUER.token("exp", 1_000_000_000, "role", "admin"),
        ISSUER.token(),
        ISSUER.prefix("foo."),
        ISSUER.token("group", "mail"),
        ISSUER.token("prefix", "foo.", "group", List.of("mail")),
        ISSUER.prefix(""),
        ISSUER.admin());
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          kind                      | data                                          | none | nonsense | expired | bare | prefix | group | both | empty | admin
          promise.get               | {'id':'foo.none'}                             | 401  | 401      | 401     | 403  | 404    | 403   | 404  | 404   | 404
          promise.get               | {'id':'bar.none'}                             | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 404   | 404
          promise.get               | {}                                            | 401  | 401      | 401     | 403  | 400    | 403   | 400  | 400   | 400
          promise.register_listener | {'awaited':'foo.none','address':'poll://uni@foo.g/w'} | 401 | 401 | 401   | 403  | 404    | 403   | 403  | 404   | 404
          promise.register_listener | {'awaited':'foo.none','address':'poll://uni@mail/w'}  | 401 | 401 | 401   | 403  | 403    | 403   | 404  | 404   | 404
          promise.register_listener | {'awaited':'foo.none','address':'http://127.0.0.1:9/'}| 401 | 401 | 401   | 403  | 404    | 403   | 404  | 404   | 404
          task.acquire              | {'id':'foo.none','version':1,'pid':'p','ttl':9} | 401 | 401    | 401     | 403  | 404    | 403   | 404  | 404   | 404
          promise.search            | {}                                            | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 200   | 200
          schedule.get              | {'id':'foo.none'}                             | 401  | 401      | 401     | 403  | 404    | 403   | 404  | 404   | 404
          debug.snap                | {}                                            | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 403   | 403
          no.such                   | {}                                            | 401  | 401      | 401     | 403  | 403    | 403   | 403  | 400   | 400
          """,
      useHeadersInDisplayName = true)
  void whatEachTokenMayAsk(ArgumentsAccessor row) {
    String kind = requireNonNull(row.getString(0));
    String data = requireNonNull(row.getString(1));
    List<@Nullable String> tokens = tokens();
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      assertThat(call(token == null ? "" : token, kind, data))
          .as("token %d", i)
          .isEqualTo(row.getInteger(i + 2));
    }
  }

  @Test
  void aRefusalSaysWhyAndShowsNothingOfTheToken() {
    String expired = ISSUER.token("exp", 1_000_000_000, "prefix", "");
    var answer = client.send("GET", "/poll/g/w", null, "Authorization", "Bearer " + expired);
    assertThat(answer.raw().headers().firstValue("www-authenticate"))
        .contains("Bearer error=\"invalid_token\", error_description=\"the token has expired\"");
    for (String path : List.of("/poll/g/w", "/groups", "/groups/g")) {
      for (String secret : List.of(expired, "se.cr.et-thing", ISSUER.token())) {
        var refused = client.send("GET", path, null, "Authorization", "Bearer " + secret);
        assertThat(refused.status()).isIn(401, 403);
        assertThat(refused.raw().body() + refused.raw().headers().map()).doesNotContain(secret);
      }
    }
    for (String secret : List.of(expired, "se.cr.et-thing", ISSUER.token())) {
      var refused = post(secret, "promise.get", "{'id':'x'}");
      assertThat(refused.status()).isIn(401, 403);
      assertThat(refused.raw().body() + refused.raw().headers().map()).doesNotContain(secret);
    }
  }

  @Test
  void aListOfGroupsHoldsThoseInReachOnly() {
    String admin = ISSUER.admin();
    try (Client.Stream _ = client.open("/poll/list.mine/w", "Authorization", "Bearer " + admin);
        Client.Stream _ = client.open("/poll/list.other/w", "Authorization", "Bearer " + admin);
        Client.Stream feed =
            client.open(
                "/groups",
                "Authorization",
                "Bearer " + ISSUER.prefix("list.mine"),
                "Accept",
                "text/event-stream")) {
      await().until(() -> groups(admin).containsAll(List.of("list.mine", "list.other")));
      assertThat(groups(ISSUER.prefix("list.mine"))).containsExactly("list.mine");
      assertThat(groups(ISSUER.token("group", List.of("list.other"))))
          .containsExactly("list.other");
      List<String> followed = List.of();
      while (followed.isEmpty()) {
        JsonNode event = feed.next();
        followed = event.findValuesAsText("group");
        assertThat(followed).allMatch("list.mine"::equals);
      }
    }
  }

  private static List<String> groups(String token) {
    return client
        .send("GET", "/groups", null, "Authorization", "Bearer " + token)
        .body()
        .path("groups")
        .findValuesAsText("group");
  }

  /** As the transcripts have it: an SDK that sends another is told so by any server. */
  @Test
  void theSchemeIsMatchedWithCase() {
    for (String scheme : List.of("bearer ", "BEARER ")) {
      int status =
          client
              .send("GET", "/groups", null, "Authorization", scheme + ISSUER.admin())
              .raw()
              .statusCode();
      assertThat(status).as(scheme).isEqualTo(401);
    }
  }

  @Test
  void aStrangerNeitherEndsAWorkersLeasesNorGetsItsWork() {
    String admin = ISSUER.admin();
    try (Client.Stream worker =
        client.open("/poll/victims/w?run=1&slots=1", "Authorization", "Bearer " + admin)) {
      assertThat(
              call(
                  admin,
                  "promise.create",
                  "{'id':'victim','timeoutAt':99999999999999,"
                      + "'tags':{'resonate:target':'poll://any@victims'}}"))
          .isEqualTo(200);
      assertThat(worker.nextTask()).isEqualTo("victim");
      String acquire = "{'id':'victim','version':0,'pid':'w','ttl':600000}";
      assertThat(call(admin, "task.acquire", acquire)).isEqualTo(200);
      for (String stranger : List.of(ISSUER.token(), ISSUER.prefix("foo"))) {
        try (Client.Stream refused =
            client.open("/poll/victims/w?run=2", "Authorization", "Bearer " + stranger)) {
          assertThat(refused.status()).isEqualTo(403);
        }
      }
      assertThat(state(admin, "victim")).isEqualTo("acquired");
    }
  }

  @Test
  void aBackupTakesATokenThatIsNotLimited() {
    assertThat(status("POST", "/backup", null)).isEqualTo(401);
    assertThat(status("POST", "/backup", ISSUER.token("prefix", "foo"))).isEqualTo(403);
    assertThat(status("POST", "/backup", ISSUER.token("role", "admin")))
        .as("this one keeps nothing")
        .isEqualTo(501);
  }

  @Test
  void aWorkerMayDrainItselfAndNobodyElseWithALimitedToken() {
    String foo = ISSUER.token("prefix", "foo", "group", "self");
    try (Client.Stream _ =
        client.open("/poll/self/w?run=secret&slots=1", "Authorization", "Bearer " + foo)) {
      await().until(() -> draining() != null);
      String drain = "/groups/self/workers/w/drain";
      assertThat(status("POST", drain, foo)).isEqualTo(403);
      assertThat(status("POST", drain + "?run=guess", foo)).isEqualTo(403);
      assertThat(status("POST", drain + "?run=secret&by=address", foo)).isEqualTo(403);
      assertThat(status("POST", "/groups/other/workers/w/drain?run=secret", foo)).isEqualTo(403);
      assertThat(status("POST", "/groups/self/workers/v/drain?run=secret", foo)).isEqualTo(403);
      assertThat(status("POST", "/groups/self/workers/w/gone?run=secret", foo)).isEqualTo(403);
      assertThat(status("POST", drain + "?run=secret", null)).isEqualTo(401);
      assertThat(draining()).isFalse();
      assertThat(status("POST", drain + "?run=secret", foo)).isEqualTo(200);
      assertThat(draining()).isTrue();
      assertThat(status("POST", "/groups/self/workers/w/resume?run=secret", foo)).isEqualTo(403);
    }
  }

  /** Whether the worker of the group drains; null if there is none. */
  private static @Nullable Boolean draining() {
    var worker =
        client
            .send("GET", "/groups/self", null, "Authorization", "Bearer " + ISSUER.admin())
            .body()
            .at("/workers/0/draining");
    return worker.isMissingNode() ? null : Boolean.valueOf(worker.asBoolean());
  }

  private static int status(String method, String path, @Nullable String token) {
    String body = method.equals("PUT") ? "{\"slotsPerWorker\":1}" : null;
    return token == null
        ? client.send(method, path, body).status()
        : client.send(method, path, body, "Authorization", "Bearer " + token).status();
  }

  @Test
  void aStreamOpensWithATokenThatReachesItsGroup() {
    String foo = ISSUER.prefix("foo");
    try (Client.Stream closed = client.open("/poll/foo/w");
        Client.Stream open = client.open("/poll/foo/w", "Authorization", "Bearer " + foo);
        Client.Stream feed =
            client.open(
                "/groups/foo", "Authorization", "Bearer " + foo, "Accept", "text/event-stream")) {
      assertThat(closed.status()).isEqualTo(401);
      assertThat(open.status()).isEqualTo(200);
      assertThat(feed.next().path("group").asText()).isEqualTo("foo");
    }
  }

  @Test
  void aTokenWithAPrefixDoesNotReachOthersByWhatItsOwnTaskWaitsForOrFences() {
    String foo = ISSUER.prefix("foo");
    String admin = ISSUER.admin();
    assertThat(call(admin, "promise.create", "{'id':'bar','timeoutAt':99999999999999}"))
        .isEqualTo(200);
    assertThat(
            call(
                foo,
                "task.create",
                "{'pid':'p','ttl':60000,'action':{'kind':'promise.create','head':{},'data':"
                    + "{'id':'foo','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@g'}}}}"))
        .isEqualTo(200);
    assertThat(
            call(
                foo,
                "task.suspend",
                "{'id':'foo','version':1,'actions':[{'kind':'promise.register_callback','head':{},"
                    + "'data':{'awaited':'bar','awaiter':'foo'}}]}"))
        .isEqualTo(403);
    assertThat(call(foo, "promise.register_callback", "{'awaited':'foo','awaiter':'bar'}"))
        .isEqualTo(403);
    assertThat(
            call(
                foo,
                "task.fence",
                "{'id':'foo','version':1,'action':{'kind':'promise.create','head':{},"
                    + "'data':{'id':'bar.1','timeoutAt':9}}}"))
        .isEqualTo(403);
    Client.Answer settled =
        post(
            foo,
            "task.fence",
            "{'id':'foo','version':1,'action':{'kind':'promise.settle','head':{},"
                + "'data':{'id':'bar','state':'resolved'}}}");
    assertThat(settled.data().at("/action/head/status").asInt()).isEqualTo(404);
    assertThat(post(admin, "promise.get", "{'id':'bar'}").data().at("/promise/state").asText())
        .isEqualTo("pending");
  }

  @Test
  void aStrangerUnderTheSamePidInItsOwnGroupEndsItsOwnLeasesOnly() {
    String admin = ISSUER.admin();
    String mine = ISSUER.prefix("pid.");
    for (String id : List.of("pid.1", "others.1")) {
      assertThat(
              call(
                  admin,
                  "task.create",
                  ("{'pid':'same','ttl':600000,'action':{'kind':'promise.create','head':{},'data':"
                          + "{'id':'%s','timeoutAt':99999999999999,"
                          + "'tags':{'resonate:target':'poll://any@nobody.here'}}}}")
                      .formatted(id)))
          .isEqualTo(200);
    }
    String bearer = "Bearer " + mine;
    try (Client.Stream _ = client.open("/poll/pid.g/same?run=1", "Authorization", bearer);
        Client.Stream _ = client.open("/poll/pid.g/same?run=2", "Authorization", bearer)) {
      await().until(() -> state(admin, "pid.1").equals("pending"));
    }
    assertThat(call(admin, "task.acquire", "{'id':'pid.1','version':1,'pid':'same','ttl':600000}"))
        .isEqualTo(200);
    try (Client.Stream _ = client.open("/poll/pid.g/same", "Authorization", bearer)) {
      await()
          .until(() ->
              client
                      .send("GET", "/groups/pid.g", null, "Authorization", bearer)
                      .body()
                      .path("connectedWorkers")
                      .asInt()
                  == 1);
    }
    await().until(() -> state(admin, "pid.1").equals("pending")); // its grace is over
    assertThat(state(admin, "others.1")).isEqualTo("acquired");
  }

  @Test
  void aHeartbeatForAllTasksOfAProcessExtendsThoseWithinReachOnly() {
    String admin = ISSUER.admin();
    for (String id : List.of("mine", "theirs")) {
      assertThat(
              call(
                  admin,
                  "task.create",
                  ("{'pid':'shared','ttl':2000,'action':{'kind':'promise.create','head':{},'data':"
                          + "{'id':'%s','timeoutAt':99999999999999,"
                          + "'tags':{'resonate:target':'poll://any@nobody'}}}}")
                      .formatted(id)))
          .isEqualTo(200);
    }
    await()
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          String beat = "{'pid':'shared','tasks':[]}";
          assertThat(call(ISSUER.prefix("mine"), "task.heartbeat", beat)).isEqualTo(200);
          return state(admin, "theirs").equals("pending");
        });
    assertThat(state(admin, "mine")).isEqualTo("acquired");
  }

  @Test
  void whoReachesAGroupIsNotToldTheNamesOfOthersTasksThere() {
    String admin = ISSUER.admin();
    String mine = ISSUER.token("prefix", "mine.", "group", "named");
    for (String id : List.of("mine.1", "theirs.1")) {
      assertThat(
              call(
                  admin,
                  "promise.create",
                  "{'id':'%s','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@named'}}"
                      .formatted(id)))
          .isEqualTo(200);
      for (int i = 0; i < 3; i++) {
        assertThat(
                call(
                    admin,
                    "task.acquire",
                    "{'id':'%s','version':%d,'pid':'w','ttl':60000}".formatted(id, i)))
            .isEqualTo(200);
        assertThat(call(admin, "task.release", "{'id':'%s','version':%d}".formatted(id, i + 1)))
            .isEqualTo(200);
      }
    }
    for (String path : List.of("/groups/named", "/groups")) {
      await()
          .untilAsserted( // What is shown is as it was a moment ago.
              () ->
                  assertThat(
                          client
                              .send("GET", path, null, "Authorization", "Bearer " + admin)
                              .body()
                              .toString())
                      .as(path)
                      .contains("mine.1")
                      .contains("theirs.1"));
      assertThat(
              client.send("GET", path, null, "Authorization", "Bearer " + mine).body().toString())
          .as(path)
          .contains("mine.1")
          .doesNotContain("theirs.1");
      try (Client.Stream stream =
          client.open(path, "Authorization", "Bearer " + mine, "Accept", "text/event-stream")) {
        assertThat(stream.next().toString()).as(path).contains("mine.1").doesNotContain("theirs.1");
      }
    }
  }

  private static String state(String token, String task) {
    return post(token, "task.get", "{'id':'%s'}".formatted(task)).data().at("/task/state").asText();
  }

  private static int call(String token, String kind, String data) {
    return post(token, kind, data).status();
  }

  private static Client.Answer post(String token, String kind, String data) {
    return client.post(
        "{'kind':'%s','head':{'corrId':'c','version':'2026-04-01','auth':'%s'},'data':%s}"
            .formatted(kind, token, data)
            .replace('\'', '"'));
  }

  @Test
  void aServerWithAnUnreadableKeyDoesNotStart() {
    assertThatThrownBy(
            () -> Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, "/no/such/key.pem")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("auth.publickey /no/such/key.pem");
    assertThatThrownBy(() -> Servers.start(Servers.memory().set(Key.AUTH_ISS, "me")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("auth.iss");
  }
}
