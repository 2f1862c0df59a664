package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
          method | path                           | none | nonsense | any | prefix | admin
          GET    | /health                        | 200  | 200      | 200 | 200    | 200
          GET    | /ready                         | 200  | 200      | 200 | 200    | 200
          HEAD   | /poll/g/w                      | 401  | 401      | 200 | 200    | 200
          GET    | /groups                        | 401  | 401      | 200 | 200    | 200
          GET    | /groups/g                      | 401  | 401      | 200 | 200    | 200
          PUT    | /groups/g                      | 401  | 401      | 403 | 403    | 200
          POST   | /groups/g/workers/w/drain      | 401  | 401      | 403 | 403    | 200
          POST   | /groups/g/workers/w/resume     | 401  | 401      | 403 | 403    | 200
          POST   | /groups/g/workers/w/gone       | 401  | 401      | 403 | 403    | 200
          GET    | /groups/g/and/more             | 401  | 401      | 404 | 404    | 404
          GET    | /promises                      | 410  | 410      | 410 | 410    | 410
          """,
      useHeadersInDisplayName = true)
  void whatEachTokenOpens(
      String method, String path, int none, int nonsense, int any, int prefix, int admin) {
    assertThat(status(method, path, null)).isEqualTo(none);
    assertThat(status(method, path, "nonsense")).isEqualTo(nonsense);
    assertThat(status(method, path, ISSUER.token())).isEqualTo(any);
    assertThat(status(method, path, ISSUER.prefix("foo"))).isEqualTo(prefix);
    assertThat(status(method, path, ISSUER.admin())).isEqualTo(admin);
  }

  @Test
  void aWorkerMayDrainItselfAndNobodyElseWithALimitedToken() {
    String foo = ISSUER.prefix("foo");
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
  void aStreamOpensWithAnyValidTokenOnly() {
    try (Client.Stream closed = client.open("/poll/g/w");
        Client.Stream open = client.open("/poll/g/w", "Authorization", "Bearer " + ISSUER.token());
        Client.Stream feed =
            client.open(
                "/groups/g",
                "Authorization",
                "Bearer " + ISSUER.token(),
                "Accept",
                "text/event-stream")) {
      assertThat(closed.status()).isEqualTo(401);
      assertThat(open.status()).isEqualTo(200);
      assertThat(feed.next().path("group").asText()).isEqualTo("g");
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
