package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole story: a real server, real worker processes, one of them killed. */
@InChromium
class RelayIT {

  private static final Pattern TOOK = Pattern.compile("in ([0-9.]+) (ms|s)");
  private static final int CALLS = 110;
  private static final Pattern SOME_SECONDS_AGO = Pattern.compile("\\b([89]|1\\d) s ago");

  @Test
  void theLineLeadsFromTheKilledWorkerToTheSurvivor(@TempDir Path folder, Browser browser)
      throws Exception {
    try (BatonServer server = BatonServer.start(ServerConfig.of(Policy.layers()));
        Client client = new Client(server.port());
        Workers workers = new Workers(server.url(), "mail", folder);
        Tab tab = Tab.open(browser, ColorScheme.LIGHT, 1280)) {
      tab.page.setViewportSize(1280, 700);
      workers.start("w-4kq2x", "w-8hznp", "w-p2lmv", "w-tr6wd");
      tab.go(server.url() + "/console/#/relay/mail?window=30");
      assertThat(tab.find(".head[data-state=connected]")).hasCount(4);
      tab.page.evaluate("window.sameDocument = true");
      call(client, "refund-7", 40);
      for (int i = 1; i < CALLS; i++) {
        call(client, "order-" + i, i % 5 + 1);
      }
      awaitSettled(client, 48);
      // Its holder is killed while it runs.
      String holder = awaitHolder(client, "refund-7");
      assertThat(workers.kill(holder)).isEqualTo(137);

      assertThat(tab.find(".head[data-pid=" + holder + "]")).containsText("connection lost");
      var sentence =
          tab.find(".sentences li").filter(new Locator.FilterOptions().setHasText("refund-7"));
      assertThat(sentence).containsText("went from " + holder + " to ");
      assertThat(sentence).containsText("connection lost.");
      double seconds = took(sentence.innerText());
      assertThat(seconds).isBetween(0.9, 10.0);
      assertThat(tab.find(".stage-batons .baton:not(.open) .line").first()).isAttached();
      assertThat(
              tab.find(".baton-label")
                  .filter(new Locator.FilterOptions().setHasText("connection lost"))
                  .first())
          .isVisible();
      assertThat(tab.page.evaluate("window.sameDocument")).isEqualTo(true);

      String survivor = awaitHolder(client, "refund-7");
      assertThat(survivor).isNotEqualTo(holder);
      assertThat(sentence).containsText(" to " + survivor + " in");
      assertThat(tab.find(".head[data-pid=" + holder + "]")).containsText(SOME_SECONDS_AGO);
      tab.picture("relay-hand-over");

      tab.turnTo("call/refund-7");
      assertThat(tab.find(".attempts li").first()).containsText(survivor);
      assertThat(tab.find(".attempts .cut")).containsText(holder);
      assertThat(tab.find(".attempts .cut")).containsText("connection lost");
      assertThat(tab.find(".waterfall .segment.running").first()).isAttached();
      tab.picture("call-handed-over");
      tab.assertNothingToComplainOf();

      // Somebody acts: the call is settled by hand.
      tab.button("Resolve…").click();
      tab.find("dialog textarea").fill("{\"by\": \"hand\"}");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".call-facts .state-word")).containsText("resolved");
      assertThat(tab.text("\"by\": \"hand\"")).isVisible();
      assertThat(
              client
                  .call("promise.get", "{'id':'refund-7'}")
                  .data()
                  .path("promise")
                  .path("state")
                  .asText())
          .isEqualTo("resolved");

      // And a drain, by the page, is seen by the page.
      tab.turnTo("relay/mail?window=30");
      tab.find(".head[data-pid=" + survivor + "] .head-name").click();
      tab.button("Drain").click();
      assertThat(tab.find(".head[data-pid=" + survivor + "]")).containsText("draining");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aServerThatIsStartedAgainIsFoundAgain(@TempDir Path folder, Browser browser)
      throws Exception {
    try (Tab tab = Tab.open(browser, ColorScheme.DARK, 1440)) {
      int port;
      try (BatonServer server = BatonServer.start(ServerConfig.of(Policy.layers()));
          Client client = new Client(server.port())) {
        port = server.port();
        call(client, "waiting-1", 1);
        tab.go(server.url() + "/console/#/groups");
        assertThat(tab.find("table.groups tbody th")).containsText("no worker is connected");
        assertThat(tab.find(".light[data-light=live]")).isVisible();
      }
      assertThat(tab.find(".light[data-light=waiting]")).containsText("reconnecting");
      try (BatonServer again =
              BatonServer.start(
                  ServerConfig.of(Policy.layers().set(Key.SERVER_PORT, Integer.toString(port))));
          Client client = new Client(again.port())) {
        call(client, "waiting-2", 1);
        call(client, "waiting-3", 1);
        assertThat(tab.find(".light[data-light=live]")).isVisible();
        assertThat(tab.find("table.groups tbody tr >> nth=0")).containsText("2 calls wait");
      }
    }
  }

  private static void call(Client client, String id, int cost) {
    String param =
        Base64.getEncoder()
            .encodeToString(
                "{\"func\":\"computeSomething\",\"args\":[\"%s\",%d],\"version\":1}"
                    .formatted(id, cost)
                    .getBytes(StandardCharsets.UTF_8));
    var answer =
        client.call(
            "promise.create",
            "{'id':'%s','timeoutAt':%d,'param':{'data':'%s'},'tags':{'resonate:target':'poll://any@mail'}}"
                .formatted(id, System.currentTimeMillis() + 3_600_000, param));
    assertThat(answer.status()).isEqualTo(200);
  }

  private static String awaitHolder(Client client, String id) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> holder(client, id), pid -> !pid.isEmpty());
  }

  private static void awaitSettled(Client client, int least) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() ->
            client.call("promise.search", "{'state':'resolved'}").data().path("promises").size()
                >= least);
  }

  private static String holder(Client client, String id) {
    var task = client.call("task.get", "{'id':'%s'}".formatted(id)).data().path("task");
    return task.path("state").asText().equals("acquired") ? task.path("pid").asText() : "";
  }

  private static double took(String sentence) {
    Matcher found = TOOK.matcher(sentence);
    assertThat(found.find()).as(sentence).isTrue();
    double number = Double.parseDouble(found.group(1));
    return found.group(2).equals("ms") ? number / 1000 : number;
  }
}
