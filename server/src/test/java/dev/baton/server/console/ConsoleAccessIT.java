package dev.baton.server.console;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what through the console. */
class ConsoleAccessIT {

  private static final Tokens ISSUER = Tokens.of("ES256");
  private static final String VIEWER = ISSUER.token("role", "viewer");
  private static final String VIEWER_OF_FOO = ISSUER.token("role", "Viewer", "prefix", "foo.");

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, ISSUER.pem()));
    client = new Client(server.port());
    for (String id : List.of("foo.1", "bar.1")) {
      assertThat(
              command(
                  ISSUER.admin(),
                  "promise.create",
                  "{'id':'%s','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@foo.g'}}"
                      .formatted(id)))
          .isEqualTo(200);
    }
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static Client.Answer ask(
      String method, String path, @Nullable String body, @Nullable String token) {
    return token == null
        ? client.send(method, path, body, "Content-Type", "application/json")
        : client.send(
            method,
            path,
            body,
            "Content-Type",
            "application/json",
            "Authorization",
            "Bearer " + token);
  }

  private static String envelope(String kind, String data, String auth) {
    return "{'kind':'%s','head':{'corrId':'1','version':'2026-04-01','auth':'%s'},'data':%s}"
        .formatted(kind, auth, data)
        .replace('\'', '"');
  }

  /** By the console. */
  private static int command(@Nullable String token, String kind, String data) {
    return ask("POST", "/console/api", envelope(kind, data, ""), token).status();
  }

  /** By anybody else. */
  private static int protocol(String token, String kind, String data) {
    return client.post(envelope(kind, data, token)).status();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          kind                       | data                                                     | viewer | of foo.
          promise.get                | {'id':'foo.1'}                                           | 200    | 200
          promise.get                | {'id':'bar.1'}                                           | 200    | 403
          promise.search             | {}                                                       | 200    | 403
          task.get                   | {'id':'foo.1'}                                           | 200    | 200
          task.search                | {}                                                       | 200    | 403
          schedule.get               | {'id':'foo.s'}                                           | 404    | 404
          schedule.search            | {}                                                       | 200    | 403
          promise.create             | {'id':'foo.2','timeoutAt':99999999999999}                | 403    | 403
          promise.settle             | {'id':'foo.1','state':'resolved','value':{}}             | 403    | 403
          promise.register_listener  | {'awaited':'foo.1','address':'poll://uni@foo.g/w'}       | 403    | 403
          promise.register_callback  | {'awaited':'foo.1','awaiter':'foo.1'}                    | 403    | 403
          task.create                | {'pid':'p','ttl':9,'action':{'kind':'promise.create','data':{'id':'foo.3','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@g'}}}} | 403 | 403
          task.acquire               | {'id':'foo.1','version':0,'pid':'p','ttl':9}             | 403    | 403
          task.release               | {'id':'foo.1','version':0}                               | 403    | 403
          task.heartbeat             | {'pid':'p','tasks':[]}                                   | 403    | 403
          task.halt                  | {'id':'foo.1'}                                           | 403    | 403
          task.continue              | {'id':'foo.1'}                                           | 403    | 403
          task.fence                 | {'id':'foo.1','version':0,'action':{'kind':'promise.create','data':{'id':'foo.4','timeoutAt':9}}} | 403 | 403
          schedule.create            | {'id':'foo.s','cron':'* * * * *','promiseId':'foo.{{.timestamp}}','promiseTimeout':9} | 403 | 403
          schedule.delete            | {'id':'foo.s'}                                           | 403    | 403
          debug.snap                 | {}                                                       | 403    | 403
          no.such                    | {}                                                       | 403    | 403
          """,
      useHeadersInDisplayName = true)
  void aViewerReadsAndWritesNothing(ArgumentsAccessor row) {
    String kind = requireNonNull(row.getString(0));
    String data = requireNonNull(row.getString(1));
    for (int i = 0; i < 2; i++) {
      String token = i == 0 ? VIEWER : VIEWER_OF_FOO;
      assertThat(command(token, kind, data)).as("console, %d", i).isEqualTo(row.getInteger(i + 2));
      assertThat(protocol(token, kind, data))
          .as("protocol, %d", i)
          .isEqualTo(row.getInteger(i + 2));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "GET /groups, 200",
    "GET /groups/foo.g, 200",
    "GET /deliveries/foo.1, 200",
    "HEAD /poll/foo.g/w, 403",
    "GET /poll/foo.g/w, 403",
    "PUT /groups/foo.g, 403",
    "PUT /console/api/groups/foo.g, 403",
    "POST /groups/foo.g/workers/w/drain?run=x, 403",
    "POST /groups/foo.g/workers/w/gone, 403",
    "POST /console/api/groups/foo.g/workers/w/gone, 403",
    "POST /console/api/groups/foo.g/workers/w/drain?run=x, 403",
    "POST /backup, 403"
  })
  void aViewerLooksAtGroupsAndTakesNoWork(String request, int status) {
    String[] words = request.split(" ");
    for (String token : List.of(VIEWER, VIEWER_OF_FOO)) {
      assertThat(ask(words[0], words[1], body(words[0]), token).status()).isEqualTo(status);
    }
  }

  private static @Nullable String body(String method) {
    return method.equals("PUT") ? "{\"slotsPerWorker\":2}" : method.equals("POST") ? "" : null;
  }

  @Test
  void everybodyIsToldWhatTheirTokenIs() {
    JsonNode admin = ask("GET", "/whoami", null, ISSUER.admin()).body();
    assertThat(admin.path("role").textValue()).isEqualTo("admin");
    assertThat(admin.path("prefix").textValue()).isEmpty();
    assertThat(admin.path("groups").toString()).isEqualTo("[\"*\"]");
    assertThat(admin.path("mayWrite").booleanValue()).isTrue();
    assertThat(admin.path("actions").booleanValue()).isTrue();
    assertThat(admin.path("authentication").booleanValue()).isTrue();
    assertThat(admin.path("expiresAt").longValue()).isEqualTo(Tokens.FAR * 1000);
    assertThat(admin.path("store").textValue()).isEqualTo("memory");
    assertThat(admin.path("boot").textValue()).isNotEmpty();
    assertThat(admin.path("now").longValue()).isPositive();
    JsonNode viewer = ask("GET", "/whoami", null, VIEWER_OF_FOO).body();
    assertThat(viewer.path("role").textValue()).isEqualTo("viewer");
    assertThat(viewer.path("prefix").textValue()).isEqualTo("foo.");
    assertThat(viewer.path("groups").toString()).isEqualTo("[\"foo.*\"]");
    assertThat(viewer.path("mayWrite").booleanValue()).isFalse();
    assertThat(viewer.path("actions").booleanValue()).isFalse();
    assertThat(admin.path("ring").path("next").longValue()).as("events so far").isGreaterThan(1);
    assertThat(viewer.path("ring").toString())
        .as("how many events others have made is not told")
        .isEqualTo("{\"size\":" + admin.path("ring").path("size") + "}");
    JsonNode limited =
        ask("GET", "/whoami", null, ISSUER.token("group", List.of("mail", "shop-*"))).body();
    assertThat(limited.path("role").textValue()).isEqualTo("limited");
    assertThat(limited.has("prefix")).isFalse();
    assertThat(limited.path("groups").toString()).isEqualTo("[\"mail\",\"shop-*\"]");
    assertThat(limited.path("mayWrite").booleanValue()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/whoami", "/console/api/cron?expression=@daily"})
  void nothingIsToldWithoutAToken(String path) {
    assertThat(ask("GET", path, null, null).status()).isEqualTo(401);
    assertThat(ask("GET", path, null, "nonsense").status()).isEqualTo(401);
  }

  @Test
  void theTokenOfACommandIsThatOfItsHead() {
    String get = "{'id':'foo.1'}";
    assertThat(command(null, "promise.get", get)).isEqualTo(401);
    String envelope = envelope("promise.get", get, ISSUER.admin());
    assertThat(ask("POST", "/console/api", envelope, null).status()).isEqualTo(401);
    String nonsense = envelope("promise.get", get, "nonsense");
    assertThat(ask("POST", "/console/api", nonsense, VIEWER).status()).isEqualTo(200);
    assertThat(
            client
                .send(
                    "POST",
                    "/console/api",
                    nonsense,
                    "Content-Type",
                    "text/plain",
                    "Authorization",
                    "Bearer " + VIEWER)
                .status())
        .isEqualTo(415);
    assertThat(ask("GET", "/console/api", null, VIEWER).status()).isEqualTo(405);
  }

  @Test
  void theNextInstantsOfACronExpressionAreTold() {
    JsonNode next =
        ask("GET", "/console/api/cron?expression=30+*+*+*+*&from=0", null, VIEWER).body();
    assertThat(next.toString()).isEqualTo("{\"next\":[1800000,5400000,9000000,12600000,16200000]}");
    assertThat(
            ask("GET", "/console/api/cron?expression=0+0+0+1+1+*+2030&from=0", null, VIEWER)
                .body()
                .path("next"))
        .as("once and never again")
        .hasSize(1);
    for (String wrong :
        List.of("", "?expression=no", "?expression=@daily&from=x", "?expression=@daily&from=-1")) {
      Client.Answer refused = ask("GET", "/console/api/cron" + wrong, null, VIEWER);
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(refused.body().path("error").textValue()).isNotEmpty();
    }
  }

  @Test
  void theActionsOfTheConsoleCanBeTurnedOff() {
    try (BatonServer closed = Servers.start(Servers.memory().set(Key.CONSOLE_ACTIONS, "false"));
        Client page = new Client(closed.port())) {
      String create = envelope("promise.create", "{'id':'a','timeoutAt':99999999999999}", "");
      assertThat(
              page.send("POST", "/console/api", create, "Content-Type", "application/json")
                  .status())
          .isEqualTo(403);
      assertThat(page.send("PUT", "/console/api/groups/g", "{\"slotsPerWorker\":1}").status())
          .isEqualTo(403);
      JsonNode me = page.send("GET", "/whoami", null).body();
      assertThat(me.path("actions").booleanValue()).isFalse();
      assertThat(me.path("mayWrite").booleanValue()).isTrue();
      assertThat(me.path("authentication").booleanValue()).isFalse();
      assertThat(me.has("expiresAt")).isFalse();
      assertThat(page.post(create).status()).as("others may still write").isEqualTo(200);
    }
  }

  @Test
  void theConsoleCanBeTurnedOff() {
    try (BatonServer without = Servers.start(Servers.memory().set(Key.CONSOLE_ENABLED, "false"));
        Client page = new Client(without.port())) {
      for (String path : List.of("/whoami", "/live", "/calls", "/console", "/console/api/cron")) {
        assertThat(page.send("GET", path, null).status()).as(path).isEqualTo(404);
      }
    }
  }
}
