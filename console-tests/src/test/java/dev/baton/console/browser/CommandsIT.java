package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the page's commands do on a real server that asks for tokens. */
@InChromium
class CommandsIT {

  private static final Tokens ISSUER = Tokens.of("ES256");

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server =
        BatonServer.start(ServerConfig.of(Policy.layers().set(Key.AUTH_PUBLICKEY, ISSUER.pem())));
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  void aScheduleIsMadeWithItsNextInstantsInSightAndDeleted(Browser browser) {
    try (Tab tab = signedIn(browser, ISSUER.admin(), "schedules")) {
      tab.button("New schedule…").click();
      assertThat(tab.find("dialog .next-runs li")).hasCount(5);
      tab.find("dialog [name=cron]").fill("0 9 * * 0");
      assertThat(tab.find("dialog .fault")).isVisible();
      tab.find("dialog [name=cron]").fill("0 9 * * 1");
      assertThat(tab.find("dialog .next-runs li").first()).containsText("Sun");
      tab.find("dialog [name=id]").fill("weekly");
      tab.find("dialog [name=func]").fill("report");
      tab.find("dialog [name=args]").fill("all");
      tab.find("dialog button.primary").click();
      assertThat(tab.find("table.cards tbody th")).hasText("weekly");
      assertThat(tab.find(".notice")).hasText("weekly is created.");
      tab.picture("schedules-real");
      tab.button("Delete weekly").click();
      tab.find("dialog button.danger").click();
      assertThat(tab.text("No schedule")).isVisible();
      // Of the expression that was none.
      assertThat(tab.complaints()).allMatch(text -> text.contains("400"));
    }
  }

  @Test
  void aCallIsMadeAsTheCommandLineMakesIt(Browser browser) {
    try (Tab tab = signedIn(browser, ISSUER.admin(), "new")) {
      tab.find("form.form [name=id]").fill("by-hand");
      tab.find("form.form [name=func]").fill("charge");
      tab.find("form.form [name=target]").fill("pay");
      tab.find("form.form [name=args]").fill("order-7\n{\"amount\": 5}");
      tab.find("form.form button.primary").click();
      assertThat(tab.find(".notice")).hasText("by-hand is called.");
      var stored =
          client
              .post(
                  "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\",\"auth\":\"%s\"},\"data\":{\"id\":\"by-hand\"}}"
                      .formatted(ISSUER.admin()))
              .data()
              .path("promise");
      assertThat(stored.path("tags").path("resonate:target").asText()).isEqualTo("poll://any@pay");
      assertThat(
              new String(
                  Base64.getDecoder().decode(stored.path("param").path("data").asText()),
                  StandardCharsets.UTF_8))
          .isEqualTo("{\"func\":\"charge\",\"args\":[\"order-7\",{\"amount\":5}],\"version\":1}");
      tab.turnTo("groups");
      assertThat(tab.find("table.groups tbody th")).containsText("no worker is connected");
      tab.button("Slots per worker of pay").click();
      tab.find("dialog [name=slots]").fill("3");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".notice")).hasText("Workers of pay take 3 at once.");
    }
  }

  @Test
  void aViewerSeesAndIsRefusedByTheServerToo(Browser browser) {
    try (Tab tab = signedIn(browser, ISSUER.token("role", "viewer"), "schedules")) {
      assertThat(tab.find(".who")).containsText("viewer");
      assertThat(tab.find(".who")).containsText("read only");
      assertThat(tab.button("New schedule…")).hasCount(0);
      // As if the page had offered it.
      Object status =
          tab.page.evaluate(
              """
              token => fetch('api', {method: 'POST',
                headers: {'content-type': 'application/json', authorization: 'Bearer ' + token},
                body: JSON.stringify({kind: 'schedule.delete', head: {corrId: '1', version: '2026-04-01'}, data: {id: 'x'}})})
                .then(answer => answer.status)
              """,
              ISSUER.token("role", "viewer"));
      assertThat(status).isEqualTo(403);
    }
  }

  @Test
  void aTokenThatIsNoneIsNotTaken(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "/console/")) {
      assertThat(tab.find(".sign-in h1")).hasText("Sign in");
      tab.find(".sign-in input").fill("not-a-token");
      tab.find(".sign-in button").click();
      assertThat(tab.find(".sign-in .fault")).isVisible();
      tab.find(".sign-in input").fill(ISSUER.sign(Map.of("role", "admin", "exp", Tokens.FAR)));
      tab.find(".sign-in button").click();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      assertThat(tab.find("main h1")).isVisible();
    }
  }

  private static Tab signedIn(Browser browser, String token, String screen) {
    Tab tab = Tab.open(browser).go(server.url() + "/console/#token=" + token + "&/" + screen);
    assertThat(tab.find(".light[data-light=live]")).isVisible();
    assertThat(tab.page).hasURL(Pattern.compile("#/" + screen + "$"));
    return tab;
  }
}
