package dev.baton.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls as the console lists them, from a real store. */
class CallsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Tokens ISSUER = Tokens.of("ES256");
  private static final String ADMIN = ISSUER.admin();
  private static final String HOSTILE = "x/<script>?&#%\"\u2028'";

  @TempDir private static Path folder;

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server =
        Servers.start(
            Servers.sqlite(folder.resolve("calls.db")).set(Key.AUTH_PUBLICKEY, ISSUER.pem()));
    client = new Client(server.port());
    fill();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static void fill() {
    create("order.root", "mail", "ship", Map.of("resonate:origin", "order.root"));
    taken("order.root", 0);
    create(
        "order.root.1",
        "mail",
        "pack",
        Map.of("resonate:origin", "order.root", "resonate:parent", "order.root"));
    create("order.root:2", "post", "send", Map.of("resonate:origin", "order.root"));
    create("elsewhere", "mail", "far", Map.of("resonate:origin", "order.root"));
    create("order.root2", "mail", "other", Map.of("resonate:origin", "order.root"));
    call(
        "task.suspend",
        "{'id':'order.root','version':1,'actions':[{'kind':'promise.register_callback','head':{},'data':{'awaited':'order.root.1','awaiter':'order.root'}}]}");
    create("done", "mail", "done", Map.of());
    taken("done", 0);
    call(
        "task.fulfill",
        "{'id':'done','version':1,'action':{'kind':'promise.settle','head':{},'data':{'id':'done','state':'resolved','value':{'data':'%s'}}}}"
            .formatted(base64("\"result\"")));
    create("given.back", "mail", "retry", Map.of());
    taken("given.back", 0);
    call("task.release", "{'id':'given.back','version':1}");
    taken("given.back", 1);
    create("halted", "mail", "stopped", Map.of());
    call("task.halt", "{'id':'halted'}");
    promise("ask.1", base64("Ship it?"), Map.of());
    create("flow", "hidden", "asks", Map.of());
    taken("flow", 0);
    call(
        "task.suspend",
        "{'id':'flow','version':1,'actions':[{'kind':'promise.register_callback','head':{},'data':{'awaited':'ask.1','awaiter':'flow'}}]}");
    promise("ask.2", "", Map.of("question", "And this?"));
    promise("timer.1", "", Map.of("resonate:timer", "true"));
    create(HOSTILE, "hostile", "<i>", Map.of());
    for (int i = 0; i < 30; i++) {
      create("many.%02d".formatted(i), "many", i % 2 == 0 ? "even" : "odd", Map.of());
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void create(
      String id, String group, String function, Map<String, String> furtherTags) {
    Map<String, String> tags = new HashMap<>(furtherTags);
    tags.put("resonate:target", "poll://any@" + group);
    promise(id, base64("{\"func\":\"" + function + "\",\"args\":[1]}"), tags);
  }

  private static void promise(String id, String data, Map<String, String> tags) {
    ObjectNode request = JSON.createObjectNode().put("id", id).put("timeoutAt", 99999999999999L);
    request.putObject("param").put("data", data).putObject("headers").put("from", "test");
    ObjectNode all = request.putObject("tags");
    tags.forEach(all::put);
    send("promise.create", request);
  }

  private static void taken(String id, int version) {
    call(
        "task.acquire",
        "{'id':'%s','version':%d,'pid':'w-%d','ttl':600000}".formatted(id, version, version));
  }

  private static void call(String kind, String data) {
    try {
      send(kind, (ObjectNode) JSON.readTree(data.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(data, e);
    }
  }

  private static void send(String kind, ObjectNode data) {
    ObjectNode envelope = JSON.createObjectNode().put("kind", kind);
    envelope.putObject("head").put("corrId", "1").put("version", "2026-04-01").put("auth", ADMIN);
    envelope.set("data", data);
    Client.Answer answer = client.post(envelope.toString());
    assertThat(answer.status()).as(kind + data + answer.body()).isEqualTo(200);
  }

  private static Client.Answer ask(String path, String token) {
    return client.send("GET", path, null, "Authorization", "Bearer " + token);
  }

  private static JsonNode get(String path) {
    Client.Answer answer = ask(path, ADMIN);
    assertThat(answer.status()).as(path + answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.path("items").forEach(item -> ids.add(item.path("id").textValue()));
    return ids;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          state=held                      | given.back
          state=suspended                 | flow order.root
          state=halted                    | halted
          state=external                  | ask.1 ask.2
          state=settled                   | done
          state=resolved                  | done
          state=rejected                  |
          state=ready&group=mail          | elsewhere order.root.1 order.root2
          state=ready&group=post          | order.root:2
          group=mail&function=retry       | given.back
          function=send                   | order.root:2
          prefix=order.root               | order.root order.root.1 order.root2 order.root:2
          prefix=ask&state=pending        | ask.1 ask.2
          attempts=2                      | given.back
          attempts=1                      | done flow given.back order.root
          order=recent                    | done
          order=recent&group=post         |
          prefix=nothing                  |
          """)
  void callsAreFoundByWhatTheyAre(String question, String expected) {
    JsonNode page = get("/calls?" + question);
    assertThat(ids(page))
        .containsExactlyElementsOf(expected == null ? List.of() : List.of(expected.split(" ")));
    assertThat(page.path("complete").booleanValue()).isTrue();
    assertThat(page.has("cursor")).isFalse();
    assertThat(page.path("now").longValue()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "state=ready", "attempts=0&group=many", "function=odd", "prefix=many."})
  void everyPageGoesOnBeyondTheLast(String question) {
    List<String> all = ids(get("/calls?limit=200&" + question));
    List<String> paged = new ArrayList<>();
    Set<String> cursors = new HashSet<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page =
          get(
              "/calls?limit=4&"
                  + question
                  + (cursor.isEmpty() ? "" : "&cursor=" + segment(cursor)));
      assertThat(page.path("items").size()).isLessThanOrEqualTo(4);
      paged.addAll(ids(page));
      cursor = page.path("cursor").textValue();
      assertThat(cursor == null).isEqualTo(page.path("complete").booleanValue());
      assertThat(cursor == null || cursors.add(cursor)).as("the cursor moves").isTrue();
    }
    assertThat(paged).containsExactlyElementsOf(all).isNotEmpty();
  }

  @Test
  void noMoreIsLookedAtThanAPageTakes() {
    int all = get("/calls?limit=200").path("lookedAt").intValue();
    assertThat(get("/calls?limit=4").path("lookedAt").intValue()).isEqualTo(5).isLessThan(all);
    assertThat(get("/calls?limit=4&prefix=many").path("lookedAt").intValue()).isEqualTo(5);
    JsonNode few = get("/calls?limit=2&function=odd");
    assertThat(ids(few)).containsExactly("many.01", "many.03");
    assertThat(few.path("lookedAt").intValue()).isLessThan(all);
  }

  @Test
  void aSummaryHasWhatIsKnownAndNoPayload() {
    JsonNode back = get("/calls?prefix=given").path("items").path(0);
    assertThat(back.path("state").textValue()).isEqualTo("held");
    assertThat(back.path("function").textValue()).isEqualTo("retry");
    assertThat(back.path("group").textValue()).isEqualTo("mail");
    assertThat(back.path("pid").textValue()).isEqualTo("w-1");
    assertThat(back.path("attempt").intValue()).isEqualTo(2);
    assertThat(back.path("takenAt").longValue()).isPositive();
    assertThat(back.path("kind").textValue()).isEqualTo("call");
    assertThat(back.path("paramBytes").intValue())
        .isEqualTo("{\"func\":\"retry\",\"args\":[1]}".length());
    assertThat(back.toString()).doesNotContain("args");
    JsonNode done = get("/calls?prefix=done").path("items").path(0);
    assertThat(done.path("attempt").intValue()).isEqualTo(1);
    assertThat(done.path("pid").textValue()).isEqualTo("w-0");
    assertThat(done.path("settledAt").longValue())
        .isGreaterThanOrEqualTo(done.path("takenAt").longValue());
    JsonNode questions = get("/calls?state=external").path("items");
    assertThat(questions.path(0).path("question").textValue()).isEqualTo("Ship it?");
    assertThat(questions.path(1).path("question").textValue()).isEqualTo("And this?");
  }

  @Test
  void oneCallIsShownWithAllThatIsKnown() {
    JsonNode root = get("/calls/order.root");
    assertThat(root.path("call").path("state").textValue()).isEqualTo("suspended");
    assertThat(root.path("why").path("cause").textValue()).isEqualTo("WAITING");
    assertThat(root.path("why").path("sentence").textValue()).contains("order.root.1");
    assertThat(root.path("awaits").toString())
        .isEqualTo("[{\"id\":\"order.root.1\",\"state\":\"pending\"}]");
    assertThat(root.path("param").path("text").textValue()).contains("\"func\":\"ship\"");
    assertThat(root.path("param").path("headers").path("from").textValue()).isEqualTo("test");
    assertThat(root.path("tags").path("resonate:target").textValue()).isEqualTo("poll://any@mail");
    assertThat(root.path("attemptsComplete").booleanValue()).isTrue();
    JsonNode awaited = get("/calls/order.root.1");
    assertThat(awaited.path("awaitedBy").toString()).isEqualTo("[\"order.root\"]");
    assertThat(awaited.path("why").path("cause").textValue()).isEqualTo("NO_WORKER");
    assertThat(awaited.path("delivery").path("offered").booleanValue()).isTrue();
    JsonNode back = get("/calls/given.back").path("attempts");
    assertThat(back).hasSize(2);
    assertThat(back.path(0).path("version").intValue()).isEqualTo(2);
    assertThat(back.path(0).has("ended")).isFalse();
    assertThat(back.path(1).path("ended").textValue()).isEqualTo("returned");
    assertThat(back.path(1).path("cause").textValue()).isEqualTo("released");
    JsonNode done = get("/calls/done");
    assertThat(done.path("why").path("cause").textValue()).isEqualTo("SETTLED");
    assertThat(done.path("value").path("text").textValue()).isEqualTo("\"result\"");
    assertThat(done.path("attempts").path(0).path("ended").textValue()).isEqualTo("settled");
    assertThat(ask("/calls/none", ADMIN).status()).isEqualTo(404);
  }

  @Test
  void aTreeHoldsAllThatBelongsToIt() {
    JsonNode tree = get("/calls/order.root/tree");
    assertThat(ids(tree))
        .containsExactly("order.root", "order.root.1", "order.root:2", "elsewhere", "order.root2");
    assertThat(tree.path("complete").booleanValue()).isTrue();
    List<String> states = new ArrayList<>();
    tree.path("items")
        .path(0)
        .path("segments")
        .forEach(segment -> states.add(segment.path("state").textValue()));
    assertThat(states).endsWith("suspended").contains("running");
    List<String> paged = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page =
          get(
              "/calls/order.root/tree?limit=1"
                  + (cursor.isEmpty() ? "" : "&cursor=" + segment(cursor)));
      paged.addAll(ids(page));
      cursor = page.path("cursor").textValue();
    }
    assertThat(paged).containsExactlyElementsOf(ids(tree));
  }

  @Test
  void payloadsAreAttachmentsThatNoBrowserShows() {
    Client.Answer param = ask("/calls/ask.1/param", ADMIN);
    assertThat(param.raw().body()).isEqualTo("Ship it?");
    Map<String, String> wanted =
        Map.of(
            "content-type", "application/octet-stream",
            "content-disposition", "attachment",
            "x-content-type-options", "nosniff",
            "content-security-policy", "sandbox");
    wanted.forEach((name, value) ->
        assertThat(param.raw().headers().firstValue(name)).as(name).contains(value));
    assertThat(ask("/calls/done/value", ADMIN).raw().body()).isEqualTo("\"result\"");
    assertThat(ask("/calls/ask.1/value", ADMIN).status()).isEqualTo(404);
    assertThat(ask("/calls/none/param", ADMIN).status()).isEqualTo(404);
  }

  @Test
  void nobodySeesWhatIsOutOfReach() {
    String limited = ISSUER.prefix("order.root.");
    assertThat(ids(ask("/calls", limited).body())).containsExactly("order.root.1");
    assertThat(ids(ask("/calls?prefix=order", limited).body())).containsExactly("order.root.1");
    assertThat(ids(ask("/calls?prefix=many", limited).body())).isEmpty();
    assertThat(ids(ask("/calls?order=recent", limited).body())).isEmpty();
    for (String list :
        List.of("/calls", "/calls?state=pending", "/calls?state=ready", "/calls?order=recent")) {
      assertThat(ask(list, limited).body().path("lookedAt").intValue()).as(list).isEqualTo(1);
    }
    for (String list : List.of("/calls?state=settled", "/calls?state=resolved&limit=1")) {
      assertThat(ask(list, limited).body().path("lookedAt").intValue()).as(list).isLessThan(2);
    }
    String tree = "/calls/order.root/tree";
    JsonNode own = ask(tree, ISSUER.prefix("order.root")).body();
    assertThat(ids(own))
        .containsExactly("order.root", "order.root.1", "order.root:2", "order.root2");
    assertThat(own.path("lookedAt").intValue())
        .as("without the one elsewhere")
        .isEqualTo(get(tree).path("lookedAt").intValue() - 1);
    for (String path : List.of("/calls/done", "/calls/done/tree", "/calls/done/param")) {
      assertThat(ask(path, limited).status()).as(path).isEqualTo(403);
    }
    assertThat(ask("/calls/order.root.1", limited).body().path("awaitedBy")).isEmpty();
    JsonNode seen = ask("/calls?state=external", ADMIN).body().path("items").path(0);
    assertThat(seen.path("awaitedBy").toString()).isEqualTo("[\"flow\"]");
    JsonNode asked =
        ask("/calls?state=external", ISSUER.prefix("ask.")).body().path("items").path(0);
    assertThat(asked.path("id").textValue()).isEqualTo("ask.1");
    assertThat(asked.path("awaitedBy")).as("who is out of reach").isEmpty();
    assertThat(ask("/calls", ISSUER.token("group", "mail")).status()).isEqualTo(403);
    assertThat(ask("/calls", ISSUER.token("role", "viewer")).status()).isEqualTo(200);
    assertThat(client.send("GET", "/calls", null).status()).isEqualTo(401);
  }

  /** Where one's own call is given, and neither who works there nor what else waits. */
  @Test
  void ofAGroupOutOfReachNothingIsSaid() {
    create("reach.1", "crowded", "f", Map.of());
    for (String token :
        List.of(ISSUER.prefix("reach."), ISSUER.token("prefix", "reach.", "group", "x"))) {
      JsonNode why = ask("/calls/reach.1", token).body().path("why");
      assertThat(why.path("cause").textValue()).isEqualTo("GROUP_OUT_OF_REACH");
      assertThat(why.path("sentence").textValue()).contains("reach.1").contains("group crowded");
    }
    String reaching = ISSUER.token("prefix", "reach.", "group", "crowded");
    assertThat(ask("/calls/reach.1", reaching).body().at("/why/cause").textValue())
        .isEqualTo("NO_WORKER");
  }

  @Test
  @Timeout(60)
  void whoTakesAnOlderAnswerSharesItWithinTheSameReach() {
    String list = "/calls?limit=200&function=shared";
    int made = 0;
    JsonNode again;
    do {
      askOlder(list, ADMIN);
      create("shared." + made++, "shared", "shared", Map.of());
      again = askOlder(list, ADMIN);
    } while (again.path("items").size() == made); // The first has become too old meanwhile.
    assertThat(again.path("items").size()).isEqualTo(made - 1);
    assertThat(get(list).path("items").size()).as("a new one").isEqualTo(made);
    assertThat(ids(askOlder(list, ISSUER.prefix("shared.0")))).containsExactly("shared.0");
    do {
      again = askOlder(list, ADMIN);
    } while (again.path("items").size() < made); // It becomes too old.
    assertThat(again.path("items").size()).isEqualTo(made);
  }

  private static JsonNode askOlder(String path, String token) {
    return client
        .send("GET", path, null, "Authorization", "Bearer " + token, "Cache-Control", "max-age=3")
        .body();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state=nonsense",
        "order=name",
        "limit=0",
        "limit=201",
        "limit=x",
        "attempts=-1",
        "order=recent&cursor=x"
      })
  void aWrongParameterIsNamed(String question) {
    Client.Answer refused = ask("/calls?" + question, ADMIN);
    assertThat(refused.status()).isEqualTo(400);
    String name = question.substring(question.lastIndexOf('&') + 1).split("=")[0];
    assertThat(refused.body().path("error").textValue()).contains(name);
  }

  @Test
  void whateverAnIdHoldsItIsFound() {
    String path = "/calls/" + segment(HOSTILE);
    assertThat(get(path).path("call").path("id").textValue()).isEqualTo(HOSTILE);
    assertThat(ids(get(path + "/tree"))).containsExactly(HOSTILE);
    assertThat(ids(get("/calls?function=" + segment("<i>")))).containsExactly(HOSTILE);
  }
}
