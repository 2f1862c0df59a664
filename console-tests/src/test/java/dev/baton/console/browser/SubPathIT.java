package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The console below a path of a reverse proxy, as behind an ingress. */
@InChromium
class SubPathIT {

  private static final Tokens ISSUER = Tokens.of("ES256");
  private static final String ID = "order/7 #1?ä%2F";

  @Test
  void signInTheLiveStreamAndEveryLinkWorkBelowAPath(Browser browser) {
    try (BatonServer server =
            BatonServer.start(
                ServerConfig.of(Policy.layers().set(Key.AUTH_PUBLICKEY, ISSUER.pem())));
        Client client = new Client(server.port());
        PrefixProxy proxy = new PrefixProxy("/ops/baton", server.url());
        Tab tab = Tab.open(browser).go(proxy.url() + "/console")) {
      assertThat(tab.page.url()).startsWith(proxy.url() + "/console/");
      tab.find(".sign-in input").fill(ISSUER.admin());
      tab.find(".sign-in button").click();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      assertThat(tab.text("No group yet")).isVisible();
      // It stands on the page what somebody outside has to call.
      assertThat(tab.find("pre.copy")).containsText("-S " + proxy.url());

      // The stream is passed on as it comes.
      create(client, ID);
      assertThat(tab.find("table.groups tbody th")).containsText("1 call waits");

      for (String screen :
          List.of("Relay", "Calls", "Waiting", "Schedules", "New call", "Groups")) {
        tab.find("nav a").getByText(screen, exactly()).click();
        assertThat(tab.find("nav a[aria-current=page]")).hasText(screen);
        assertThat(tab.find("main h1").first()).isVisible();
        assertThat(tab.find(".light[data-light=live]")).isVisible();
        assertThat(tab.find(".failed")).hasCount(0);
        assertEveryLinkLiesBelow(tab, proxy.url() + "/console/");
      }
      // A group's name goes through as well, to and fro.
      tab.find("table.groups td.actions button").click();
      tab.find("dialog [name=slots]").fill("3");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".notice")).hasText("Workers of pay take 3 at once.");

      tab.find("nav a").getByText("Calls", exactly()).click();
      tab.find(".calls-table tbody th a").click();
      assertThat(tab.find(".call h1")).hasText(ID);
      assertThat(tab.find(".waterfall tbody tr")).hasCount(1);
      assertEveryLinkLiesBelow(tab, proxy.url() + "/console/");
      tab.button("Resolve…").click();
      tab.find("dialog textarea").fill("{\"by\":\"hand\"}");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".call-facts .state-word")).containsText("resolved");
      assertThat(tab.page.waitForDownload(() -> tab.button("Save").last().click()).path())
          .hasContent("{\"by\":\"hand\"}");

      tab.turnTo("groups");
      tab.page.reload();
      assertThat(tab.find("table.groups tbody th a")).hasText("pay");
      assertThat(proxy.outside()).as("asked outside of the prefix").isEmpty();
      // Before somebody had signed in.
      assertThat(tab.complaints()).allMatch(text -> text.contains("401"));
    }
  }

  /** Also those of the page's head, by which it gets its scripts and styles. */
  private static void assertEveryLinkLiesBelow(Tab tab, String path) {
    Object links =
        tab.page.evaluate(
            "[...document.querySelectorAll('[href], [src]')].map(it => it.href || it.src)");
    assertThat((List<?>) links)
        .hasSizeGreaterThan(8)
        .allSatisfy(link -> assertThat(link).asString().startsWith(path));
  }

  private static Locator.GetByTextOptions exactly() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  private static void create(Client client, String id) {
    var answer =
        client.post(
            """
            {"kind":"promise.create","head":{"corrId":"c","version":"2026-04-01","auth":"%s"},
             "data":{"id":"%s","timeoutAt":99999999999999,"param":{},"tags":{"resonate:target":"poll://any@pay"}}}
            """
                .formatted(ISSUER.admin(), id));
    assertThat(answer.status()).isEqualTo(200);
  }
}
