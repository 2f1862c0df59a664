package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import dev.baton.console.scripted.ScriptedServer;
import dev.baton.console.scripted.Story;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every screen says while it cannot show what it is for, and that it recovers by itself. */
@InChromium
class StatesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SCREENS =
      List.of(
          "groups",
          "relay/mail",
          "call/order-7",
          "calls",
          "people",
          "schedules",
          "new?from=order-7");

  /** All that the page asks; the page itself needs no token. */
  private static final List<String> ASKED = List.of("/live", "/calls", "/console/api");

  private static ScriptedServer server;

  @BeforeAll
  static void start() {
    server = new ScriptedServer(Story.ofFive(), Policy.asServed());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void allIsWell() {
    server.tell(Story.ofFive());
    server.refuseNothing();
  }

  @ParameterizedTest
  @CsvSource({
    "403, forbidden, Not allowed",
    "404, missing, Not found",
    "429, busy, The server is busy",
    "503, busy, The server is busy"
  })
  void everyScreenSaysWhyItHasNothingToShow(
      int status, String kind, String title, Browser browser) {
    ASKED.forEach(path -> server.refuse(path, status, "because of <b>that</b>"));
    try (Tab tab = Tab.open(browser).go(server.url())) {
      for (String screen : SCREENS) {
        tab.turnTo(screen);
        if (status == 404 && screen.startsWith("call/")) {
          assertThat(tab.text("No call order-7")).isVisible();
        } else {
          assertThat(tab.find(".failed[data-failure=" + kind + "]")).containsText(title);
          assertThat(tab.find(".failed .said")).hasText("because of <b>that</b>");
        }
        if (status != 429) {
          tab.picture("state-%d-%s".formatted(status, screen.replaceAll("[^a-z0-9]+", "-")));
        }
      }
      tab.assertAccessible("a refusal of " + status);
      server.refuseNothing();
      if (kind.equals("busy")) {
        tab.turnTo("groups");
        assertThat(tab.find("table.groups tbody tr")).hasCount(3);
        tab.turnTo("calls");
        assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
        assertThat(tab.find(".light[data-light=live]")).isVisible();
      }
    }
  }

  @Test
  void everyScreenSaysThatThereIsNothing(Browser browser) {
    server.tell(Story.ofNothing());
    try (Tab tab = Tab.open(browser).go(server.url())) {
      List<String> said =
          List.of(
              "groups", "No group yet",
              "relay/mail", "No worker",
              "call/order-7", "No call order-7",
              "calls", "Nothing goes on",
              "calls?tab=recent", "Nothing has ended since the server started",
              "calls?state=held", "No call is like that",
              "people", "Nothing waits for a person",
              "schedules", "No schedule");
      for (int i = 0; i < said.size(); i += 2) {
        tab.turnTo(said.get(i));
        assertThat(tab.find("main .state h1")).hasText(said.get(i + 1));
        tab.picture("empty-" + said.get(i).replaceAll("[^a-z0-9]+", "-"));
      }
      tab.assertAccessible("emptiness");
    }
  }

  @Test
  void aTokenThatHasEndedAsksForAnotherAndGoesOnWhereItWas(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "#/relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      server.refuse("/live", 401, "the token has expired");
      server.refuse("/whoami", 401, "the token has expired");
      server.hangUp();
      assertThat(tab.find(".light[data-light=off]")).containsText("signed out");
      assertThat(tab.find(".sign-in .fault")).containsText("the token has expired");
      tab.picture("state-401-signed-out");
      tab.assertAccessible("sign-in");
      server.refuseNothing();
      tab.find(".sign-in input").fill("another-token");
      tab.find(".sign-in button").click();
      assertThat(tab.find(".baton-label")).isVisible();
      assertThat(tab.page).hasURL(Pattern.compile("#/relay/mail$"));
    }
  }

  @Test
  void aTokenInTheAddressIsTakenOutOfItAtOnce(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "#token=secret-token")) {
      assertThat(tab.find("table.groups")).isVisible();
      assertThat(tab.page.url()).doesNotContain("secret");
      assertThat(tab.page.evaluate("sessionStorage.getItem('baton.token')"))
          .isEqualTo("secret-token");
      assertThat(tab.page.evaluate("JSON.stringify(localStorage)").toString())
          .doesNotContain("secret");
      assertThat(tab.page.content()).doesNotContain("secret-token");
    }
  }

  @Test
  void aStreamThatBreaksIsSaidAndGoesOn(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "#/groups")) {
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      server.refuse("/live", 503, "stopping");
      server.hangUp();
      assertThat(tab.find(".light[data-light=waiting]")).containsText("reconnecting");
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      tab.picture("state-reconnecting");
      server.refuseNothing();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
    }
  }

  @Test
  void whatWasLeftOutIsSaid(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "#/relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      server.send("group:mail", "gap", JSON.createObjectNode().put("from", 100).put("to", 299));
      assertThat(tab.text("200 events were left out")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void whoMayOnlyLookIsOfferedNoCommand(Browser browser) {
    server.tell(Story.ofViewer());
    try (Tab tab = Tab.open(browser).go(server.url())) {
      assertThat(tab.find(".who")).containsText("read only");
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      assertThat(tab.find("main button")).hasCount(0);
      tab.turnTo("call/order-7");
      assertThat(tab.find(".waterfall tbody tr")).hasCount(4);
      for (String command : List.of("Resolve…", "Reject…", "Cancel…", "Halt", "Hand over…")) {
        assertThat(tab.button(command)).hasCount(0);
      }
      tab.turnTo("calls");
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      assertThat(tab.find(".calls-table input")).hasCount(0);
      tab.picture("viewer-calls");
    }
  }

  @Test
  void whoeverComesSecondHearsThatSomebodyWasFirst(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "#/people")) {
      tab.button("Resolve order-1").click();
      tab.find("dialog textarea").fill("{\"approved\": true}");
      tab.picture("dialog-resolve");
      tab.assertAccessible("the dialog");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".notice"))
          .containsText("Somebody was first: order-1 was already resolved at");
    }
  }

  @Test
  void aSelectionIsCancelledOneByOneAndEachResultIsShown(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url() + "#/calls")) {
      tab.find(".calls-table thead input").check();
      assertThat(tab.find(".bar-below")).containsText("14 calls selected");
      tab.picture("calls-selected");
      tab.find(".bar-below button.danger").click();
      tab.find("dialog button.danger").click();
      assertThat(tab.find("dialog [role=status]")).hasText("14 of 14 done, 0 refused.");
      assertThat(tab.find("dialog .results li")).hasCount(14);
    }
  }

  @Test
  void theKeyboardAloneWillDo(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url())) {
      assertThat(tab.find("table.groups")).isVisible();
      tab.page.keyboard().press("j");
      assertThat(tab.find("tr.chosen th a")).hasText("pay");
      tab.page.keyboard().press("j");
      tab.page.keyboard().press("Enter");
      assertThat(tab.page).hasURL(Pattern.compile("#/relay/mail$"));
      assertThat(tab.find(".baton-label")).isVisible();
      tab.page.keyboard().press(" ");
      assertThat(tab.find(".light[data-light=paused]")).isVisible();
      tab.page.keyboard().press(" ");
      tab.page.keyboard().press("j");
      tab.page.keyboard().press("j");
      tab.page.keyboard().press("j");
      assertThat(tab.find(".head.chosen")).hasAttribute("data-pid", "w-p2lmv");
      tab.page.keyboard().press("a");
      assertThat(tab.find("dialog h2")).hasText("w-p2lmv");
      tab.button("Declare dead…").press("Enter");
      assertThat(tab.find("dialog")).containsText("1 lease ends now");
      tab.picture("dialog-declare-dead");
      tab.button("Declare dead").press("Enter");
      assertThat(tab.find(".notice")).containsText("w-p2lmv is declared dead; 1 lease ended.");
      tab.page.keyboard().press("t");
      assertThat(tab.find("figure ~ .table-scroll caption")).hasText("Workers and what they run");
      tab.page.keyboard().press("/");
      tab.page.keyboard().type("order-7");
      tab.page.keyboard().press("Enter");
      assertThat(tab.find(".call h1")).hasText("order-7");
      tab.page.keyboard().press("g");
      tab.page.keyboard().press("c");
      assertThat(tab.find(".calls-table tbody tr").first()).isVisible();
      tab.page.keyboard().press("?");
      assertThat(tab.find("dialog .keys")).containsText("search");
      tab.picture("dialog-keys");
      tab.page.keyboard().press("Escape");
      assertThat(tab.find("dialog[open]")).hasCount(0);
      tab.assertNothingToComplainOf();
    }
  }
}
