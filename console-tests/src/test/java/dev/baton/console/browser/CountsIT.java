package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.server.BatonServer;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every number on a screen is the one that the command line tells: {@code baton groups list} prints
 * {@code GET /groups}, {@code baton tasks search} and {@code baton promises search} what the
 * protocol's searches find.
 */
@InChromium
class CountsIT {

  private static final Map<String, List<String>> STATES =
      Map.of(
          "held",
          List.of("acquired"),
          "suspended",
          List.of("suspended"),
          "halted",
          List.of("halted"));

  private static BatonServer server;
  private static Client client;
  private static Client.Stream first;
  private static Client.Stream second;

  @BeforeAll
  static void start() {
    server = BatonServer.start(ServerConfig.of(Policy.layers()));
    client = new Client(server.port());
    first = client.open("/poll/mail/w-1?slots=4");
    second = client.open("/poll/mail/w-2?slots=3");
    assertThat(client.send("POST", "/groups/mail/workers/w-2/drain", null).status()).isEqualTo(200);
    for (int i = 0; i < 3; i++) {
      create("held-" + i, "mail");
      acquire("held-" + i);
    }
    for (int i = 0; i < 2; i++) {
      create("suspended-" + i, "mail");
      acquire("suspended-" + i);
      external("answer-" + i);
      call(
          "task.suspend",
          "{'id':'suspended-%d','version':1,'actions':[{'kind':'promise.register_callback','head':{},'data':{'awaited':'answer-%d','awaiter':'suspended-%d'}}]}"
              .formatted(i, i, i));
    }
    create("halted-0", "mail");
    call("task.halt", "{'id':'halted-0'}");
    for (int i = 0; i < 4; i++) {
      create("settled-" + i, "mail");
      call(
          "promise.settle",
          "{'id':'settled-%d','state':'%s','value':{}}"
              .formatted(i, i < 3 ? "resolved" : "rejected"));
    }
    for (int i = 0; i < 5; i++) {
      create("waits-" + i, "pay");
    }
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
    client.close();
    server.close();
  }

  @Test
  void theGroupsAreThoseThatTheCommandLineLists(Browser browser) {
    try (Tab tab = open(browser, "groups")) {
      JsonNode groups = client.send("GET", "/groups", null).body().path("groups");
      assertThat(groups).hasSize(2);
      assertThat(tab.find("table.groups tbody tr")).hasCount(groups.size());
      for (JsonNode group : groups) {
        for (String[] cell :
            new String[][] {
              {"Workers", group.path("connectedWorkers").asText()},
              {"Ready", group.path("ready").asText()},
              {"In flight", group.path("inFlight").asText()},
              {"Suspended", group.path("suspended").asText()}
            }) {
          assertThat(cell(tab, group.path("group").asText(), cell[0])).containsText(cell[1]);
        }
      }
      assertThat(cell(tab, "mail", "Workers")).hasText("2 ↓ 1 draining");
      assertThat(cell(tab, "mail", "Slots used")).containsText(load(groups) + "/7");
      assertThat(tab.find("h1.headline")).containsText("5 calls wait, no worker is connected");

      tab.turnTo("relay/mail");
      for (String[] figure :
          new String[][] {
            {"workers", "2"}, {"slots used", load(groups) + " / 7"}, {"suspended", "2"}
          }) {
        assertThat(
                tab.find(".figures div")
                    .filter(new Locator.FilterOptions().setHasText(figure[0]))
                    .locator("dd"))
            .hasText(figure[1]);
      }
      tab.assertNothingToComplainOf();
    }
  }

  private static long load(JsonNode groups) {
    long load = 0;
    for (JsonNode group : groups) {
      for (JsonNode worker : group.path("workers")) {
        load += worker.path("load").asLong();
      }
    }
    return load;
  }

  private static Locator cell(Tab tab, String group, String label) {
    return tab.find("table.groups tbody tr")
        .filter(new Locator.FilterOptions().setHas(tab.find("th a:text-is('" + group + "')")))
        .locator("td[data-label='" + label + "']");
  }

  @Test
  void theCallsAreThoseThatTheCommandLineFinds(Browser browser) {
    try (Tab tab = open(browser, "calls")) {
      assertCalls(tab, "calls", promises("pending"));
      STATES.forEach((shown, states) ->
          assertCalls(
              tab, "calls?state=" + shown, states.stream().mapToInt(CountsIT::tasks).sum()));
      assertCalls(tab, "calls?state=ready", tasks("pending"));
      assertCalls(tab, "calls?tab=history&state=resolved", promises("resolved"));
      assertCalls(tab, "calls?tab=history&state=rejected", promises("rejected"));
      assertCalls(tab, "calls?tab=recent", promises("resolved") + promises("rejected"));
      assertCalls(
          tab,
          "calls?tab=history",
          promises("pending") + promises("resolved") + promises("rejected"));
      tab.turnTo("people");
      assertThat(tab.find(".questions > li")).hasCount(2);
      assertThat(tab.find("main .hint").last()).hasText("2 questions, and no more.");
      tab.assertNothingToComplainOf();
    }
  }

  private static void assertCalls(Tab tab, String screen, int count) {
    assertThat(count).as(screen).isPositive();
    tab.turnTo(screen);
    assertThat(tab.find(".calls-table tbody tr")).hasCount(count);
    assertThat(tab.find("main > .screen > .hint"))
        .hasText(count == 1 ? "1 call, and no more." : count + " calls, and no more.");
  }

  private static int promises(String state) {
    return call("promise.search", "{'state':'%s','limit':100}".formatted(state))
        .path("promises")
        .size();
  }

  private static int tasks(String state) {
    return call("task.search", "{'state':'%s','limit':100}".formatted(state)).path("tasks").size();
  }

  private static Tab open(Browser browser, String screen) {
    return Tab.open(browser).go(server.url() + "/console/#/" + screen);
  }

  private static void create(String id, String group) {
    call(
        "promise.create",
        "{'id':'%s','timeoutAt':99999999999999,'param':{},'tags':{'resonate:target':'poll://any@%s'}}"
            .formatted(id, group));
  }

  private static void external(String id) {
    call(
        "promise.create",
        "{'id':'%s','timeoutAt':99999999999999,'param':{},'tags':{}}".formatted(id));
  }

  private static void acquire(String id) {
    call("task.acquire", "{'id':'%s','version':0,'pid':'w-1','ttl':3600000}".formatted(id));
  }

  private static JsonNode call(String kind, String data) {
    var answer = client.call(kind, data);
    assertThat(answer.status()).as("%s: %s", kind, answer.data()).isEqualTo(200);
    return answer.data();
  }
}
