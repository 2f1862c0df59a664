package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.testing.Tokens;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the page's commands do on a real server that asks for tokens. */
@InChromium
class CommandsIT {

  private static final Tokens ISSUER = GuardedServer.ISSUER;

  private static final String[][] WRITES = {
    {"schedule.pause", "{\"id\":\"hourly\"}"},
    {"schedule.resume", "{\"id\":\"hourly\"}"},
    {
      "schedule.update",
      """
      {"id":"hourly","cron":"1 * * * *","promiseId":"x.{{.timestamp}}","promiseTimeout":1000,
       "promiseParam":{},"promiseTags":{}}
      """
    },
    {"schedule.delete", "{\"id\":\"hourly\"}"},
    {"promise.create", "{\"id\":\"new\",\"timeoutAt\":99999999999999,\"param\":{},\"tags\":{}}"},
    {"promise.settle", "{\"id\":\"new\",\"state\":\"resolved\",\"value\":{}}"},
    {"task.halt", "{\"id\":\"new\"}"},
    {"task.continue", "{\"id\":\"new\"}"}
  };

  private static GuardedServer server;

  @BeforeAll
  static void start() {
    server = new GuardedServer();
  }

  @AfterAll
  static void stop() {
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
      // Not the first: on a Sunday that is today, which is said by its time alone.
      assertThat(tab.find("dialog .next-runs li").nth(1)).containsText("Sun");
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
  void aScheduleIsPausedUpdatedAndResumedByTheKeyboardAlone(Browser browser) {
    String param =
        Base64.getEncoder()
            .encodeToString(
                "{\"func\":\"report\",\"args\":[\"all\"],\"version\":2}".getBytes(UTF_8));
    server.command(
        "schedule.create",
        """
        {"id":"nightly","cron":"0 3 * * *","promiseId":"{{.id}}.{{.timestamp}}","promiseTimeout":5400000,
         "promiseParam":{"headers":{"content-type":"application/json"},"data":"%s"},
         "promiseTags":{"resonate:target":"poll://any@pay","team":"billing","baton:overlap":"skip"}}
        """
            .formatted(param));
    try (Tab tab = signedIn(browser, ISSUER.admin(), "schedules")) {
      assertThat(tab.find("table.cards tbody")).containsText("left out while the one before");
      tab.page.keyboard().press("j");
      assertThat(tab.find("tr.chosen th")).hasText("nightly");
      tab.page.keyboard().press("p");
      assertThat(tab.find(".notice")).containsText("nightly is paused");
      assertThat(tab.find("tr.chosen")).containsText("paused");
      assertThat(tab.button("Resume nightly")).isVisible();
      assertThat(schedule("nightly").at("/promiseTags/baton:paused").asText()).isEqualTo("true");

      tab.page.keyboard().press("u");
      assertThat(tab.find("dialog [name=func]")).hasValue("report");
      assertThat(tab.find("dialog [name=args]")).hasValue("\"all\"");
      assertThat(tab.find("dialog [name=timeout]")).hasValue("1h30m");
      assertThat(tab.find("dialog [name=overlap]")).hasValue("skip");
      assertThat(tab.find("dialog .next-runs li")).hasCount(5);
      tab.picture("dialog-schedule");
      tab.assertAccessible("the form of a schedule");
      tab.find("dialog [name=cron]").fill("TZ=Europe/Berlin 30 4 * * *");
      tab.find("dialog [name=overlap]").selectOption("buffer_one");
      tab.find("dialog [name=window]").fill("2h");
      tab.find("dialog button.primary").press("Enter");
      assertThat(tab.find(".notice")).hasText("nightly is updated.");
      assertThat(tab.find("tr.chosen")).containsText("TZ=Europe/Berlin 30 4 * * *");
      JsonNode updated = schedule("nightly");
      assertThat(updated.path("promiseParam").path("data").asText()).isEqualTo(param);
      assertThat(updated.at("/promiseParam/headers/content-type").asText())
          .isEqualTo("application/json");
      assertThat(updated.path("promiseTags").toString())
          .contains("\"team\":\"billing\"", "\"baton:paused\":\"true\"")
          .contains("\"baton:overlap\":\"buffer_one\"", "\"baton:catchup-window\":\"7200000\"");

      // Somebody else has been there since the form was opened.
      tab.page.keyboard().press("u");
      tab.find("dialog [name=args]").fill("\"none\"");
      server.command("schedule.resume", "{\"id\":\"nightly\"}");
      tab.find("dialog button.primary").click();
      assertThat(tab.find("dialog [role=alert]")).containsText("Somebody has changed nightly");
      tab.page.keyboard().press("Escape");
      assertThat(tab.find("dialog form")).hasCount(0); // No key goes past a dialog that is open.
      server.command("schedule.pause", "{\"id\":\"nightly\"}");

      tab.page.keyboard().press("p");
      assertThat(tab.find(".notice")).containsText("nightly goes on");
      assertThat(tab.button("Pause nightly")).isVisible();
      assertThat(schedule("nightly").path("promiseTags").has("baton:paused")).isFalse();
      tab.page.keyboard().press("x");
      assertThat(tab.find("dialog button.danger")).isVisible(); // Nothing hidden has the focus.
      tab.find("dialog button.danger").press("Enter");
      assertThat(tab.text("No schedule")).isVisible();
      tab.assertNothingToComplainOf();
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
      JsonNode stored = server.command("promise.get", "{\"id\":\"by-hand\"}").path("promise");
      assertThat(stored.path("tags").path("resonate:target").asText()).isEqualTo("poll://any@pay");
      assertThat(
              new String(
                  Base64.getDecoder().decode(stored.path("param").path("data").asText()), UTF_8))
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
    server.command(
        "schedule.create",
        """
        {"id":"hourly","cron":"0 * * * *","promiseId":"{{.id}}.{{.timestamp}}","promiseTimeout":60000,
         "promiseParam":{},"promiseTags":{}}
        """);
    try (Tab tab = signedIn(browser, ISSUER.token("role", "viewer"), "schedules")) {
      assertThat(tab.find(".who")).containsText("viewer");
      assertThat(tab.find(".who")).containsText("read only");
      assertThat(tab.find("table.cards tbody th")).hasText("hourly");
      assertThat(tab.find("main button")).hasCount(0);
      for (String key : List.of("j", "p", "u", "x", "c")) {
        tab.page.keyboard().press(key);
      }
      assertThat(tab.find("dialog[open]")).hasCount(0);
      // As if the page had offered it.
      for (String[] write : WRITES) {
        Object status =
            tab.page.evaluate(
                """
                ([token, kind, data]) => fetch('api', {method: 'POST',
                  headers: {'content-type': 'application/json', authorization: 'Bearer ' + token},
                  body: JSON.stringify({kind, head: {corrId: '1', version: '2026-04-01'}, data: JSON.parse(data)})})
                  .then(answer => answer.status)
                """,
                List.of(ISSUER.token("role", "viewer"), write[0], write[1]));
        assertThat(status).as(write[0]).isEqualTo(403);
      }
      assertThat(schedule("hourly").path("promiseTags").size()).isZero();
    } finally {
      server.command("schedule.delete", "{\"id\":\"hourly\"}");
    }
  }

  @Test
  void aTokenThatIsNoneIsNotTaken(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.address())) {
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

  private static JsonNode schedule(String id) {
    return server.command("schedule.get", "{\"id\":\"" + id + "\"}").path("schedule");
  }

  private static Tab signedIn(Browser browser, String token, String screen) {
    Tab tab = Tab.open(browser).go(server.address(token, screen));
    assertThat(tab.find(".light[data-light=live]")).isVisible();
    assertThat(tab.page).hasURL(Pattern.compile("#/" + screen + "$"));
    return tab;
  }
}
