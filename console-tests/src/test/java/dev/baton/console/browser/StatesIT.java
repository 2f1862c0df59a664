package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.console.scripted.Story;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** What each of them shows when all is well. */
  private static final List<String> SHOWN =
      List.of(
          "table.groups tbody tr >> nth=2",
          ".baton-label",
          ".waterfall tbody tr >> nth=3",
          ".calls-table tbody tr >> nth=13",
          ".questions > li >> nth=1",
          "table.cards tbody tr >> nth=1",
          "form.form textarea");

  /** All that the page asks; the page itself needs no token. */
  private static final List<String> ASKED = List.of("/live", "/calls", "/console/api");

  @RegisterExtension static final ScriptedConsole console = new ScriptedConsole();

  @ParameterizedTest
  @CsvSource({
    "403, forbidden, Not allowed",
    "404, missing, Not found",
    "429, busy, The server is busy",
    "503, busy, The server is busy"
  })
  void everyScreenSaysWhyItHasNothingToShow(
      int status, String kind, String title, Browser browser) {
    ASKED.forEach(path -> console.server().refuse(path, status, "because of <b>that</b>"));
    try (Tab tab = console.open(browser)) {
      for (String screen : SCREENS) {
        tab.turnTo(screen);
        if (status == 404 && screen.startsWith("call/")) {
          assertThat(tab.text("No call order-7")).isVisible();
        } else {
          assertThat(tab.find(".failed[data-failure=" + kind + "]")).containsText(title);
          assertThat(tab.find(".failed .said")).hasText("because of <b>that</b>");
        }
        if (status != 429) {
          tab.pictures("state-%d-%s".formatted(status, screen.replaceAll("[^a-z0-9]+", "-")));
        }
      }
      tab.assertAccessibleInEveryLook("a refusal of " + status);
      console.server().refuseNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/live /calls /console/api", "/whoami /live /calls /console/api"})
  void everyScreenComesByItselfWhenTheServerIsNoLongerBusy(String asked, Browser browser) {
    for (String path : asked.split(" ")) {
      console.server().refuse(path, 503, "starting");
    }
    List<Tab> tabs = new ArrayList<>();
    try {
      for (String screen : SCREENS) {
        tabs.add(console.open(browser, screen));
      }
      for (Tab tab : tabs) {
        assertThat(tab.find(".failed[data-failure=busy] .said")).hasText("starting");
      }
      console.server().refuseNothing();
      for (int i = 0; i < tabs.size(); i++) {
        assertThat(tabs.get(i).find(SHOWN.get(i)).first()).isVisible();
        assertThat(tabs.get(i).find(".light[data-light=live]")).isVisible();
      }
    } finally {
      tabs.forEach(Tab::close);
    }
  }

  @Test
  void everyScreenKeepsWhatItShowsWhileTheServerIsAwayAndGoesOnByItself(Browser browser) {
    List<Tab> tabs = new ArrayList<>();
    try {
      for (int i = 0; i < SCREENS.size(); i++) {
        tabs.add(console.open(browser, SCREENS.get(i)));
        assertThat(tabs.get(i).find(SHOWN.get(i)).first()).isVisible();
        tabs.get(i).page.evaluate("window.sameDocument = true");
      }
      console.server().goAway();
      for (int i = 0; i < tabs.size(); i++) {
        assertThat(tabs.get(i).find(".light[data-light=waiting]")).containsText("reconnecting");
        assertThat(tabs.get(i).find(SHOWN.get(i)).first()).isVisible();
      }
      Tab calls = tabs.get(SCREENS.indexOf("calls"));
      assertThat(calls.find(".fault")).containsText("Not up to date");
      calls.picture("state-server-away-calls");
      calls.assertAccessible("a server that is away");
      // What is asked anew has nothing to keep.
      calls.turnTo("calls?tab=history");
      assertThat(calls.find(".failed[data-failure=unreachable]")).containsText("No connection");
      console.server().comeBack();
      for (int i = 0; i < tabs.size(); i++) {
        assertThat(tabs.get(i).find(".light[data-light=live]")).isVisible();
        assertThat(tabs.get(i).find(SHOWN.get(i)).first()).isVisible();
        assertThat(tabs.get(i).find("main .fault")).hasCount(0);
        assertThat(tabs.get(i).page.evaluate("window.sameDocument")).isEqualTo(true);
      }
    } finally {
      tabs.forEach(Tab::close);
    }
  }

  @Test
  void aSlowNetworkIsSaidAndWaitedFor(Browser browser) {
    try (Tab tab = console.open(browser)) {
      assertThat(tab.find("table.groups")).isVisible();
      tab.slowDown(4_000, 20_000);
      tab.turnTo("calls");
      assertThat(tab.find("main [role=status]")).hasText("Looking for calls…");
      assertThat(tab.find(".light[data-light=waiting]")).hasText("connecting");
      tab.pictures("state-slow-calls");
      tab.assertAccessibleInEveryLook("a slow network");
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      tab.turnTo("relay/mail");
      assertThat(tab.find("main [role=status]")).hasText("Looking at mail…");
      assertThat(tab.find(".baton-label")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aStreamThatIsSilentForLongIsOpenedAgain(Browser browser) {
    try (Tab tab = Tab.open(browser)) {
      console.server().promiseToWriteEvery(300);
      tab.go(console.server().url());
      assertThat(tab.find("table.groups")).isVisible();
      assertThat(tab.find(".light[data-light=waiting][title^='The server is silent']"))
          .containsText("reconnecting");
      console.server().refuseNothing();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aServerThatStaysSilentIsSaidBesideWhatWasShownLast(Browser browser) {
    try (Tab tab = Tab.open(browser)) {
      console.server().promiseToWriteEvery(300);
      tab.go(console.server().url());
      assertThat(tab.find("table.groups")).isVisible();
      console.server().answerNoStream();
      var silent = tab.find(".light[data-light=waiting][title^='The server is silent']");
      assertThat(silent).hasText("reconnecting…");
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      tab.pictures("state-silent");
      tab.assertAccessibleInEveryLook("a silent server");
      console.server().refuseNothing();
      silent.click();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void everyScreenSaysThatThereIsNothing(Browser browser) {
    console.server().tell(Story.ofNothing());
    try (Tab tab = console.open(browser)) {
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
        tab.pictures("empty-" + said.get(i).replaceAll("[^a-z0-9]+", "-"));
      }
      tab.assertAccessibleInEveryLook("emptiness");
    }
  }

  @Test
  void aTokenThatHasEndedAsksForAnotherAndGoesOnWhereItWas(Browser browser) {
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      console.server().refuse("/live", 401, "the token has expired");
      console.server().refuse("/whoami", 401, "the token has expired");
      console.server().hangUp();
      assertThat(tab.find(".light[data-light=off]")).containsText("signed out");
      assertThat(tab.find(".sign-in .fault")).containsText("the token has expired");
      tab.pictures("state-401-signed-out");
      tab.assertAccessibleInEveryLook("sign-in");
      console.server().refuseNothing();
      tab.find(".sign-in input").fill("another-token");
      tab.find(".sign-in button").click();
      assertThat(tab.find(".baton-label")).isVisible();
      assertThat(tab.page).hasURL(Pattern.compile("#/relay/mail$"));
    }
  }

  @Test
  void aTokenInTheAddressIsTakenOutOfItAtOnce(Browser browser) {
    try (Tab tab = Tab.open(browser).go(console.server().url() + "#token=secret-token")) {
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
    try (Tab tab = console.open(browser, "groups")) {
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      console.server().refuse("/live", 503, "stopping");
      console.server().hangUp();
      assertThat(tab.find(".light[data-light=waiting]")).containsText("reconnecting");
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      tab.pictures("state-reconnecting");
      console.server().refuseNothing();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
    }
  }

  @Test
  void whatWasLeftOutIsSaid(Browser browser) {
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      console
          .server()
          .send("group:mail", "gap", JSON.createObjectNode().put("from", 100).put("to", 299));
      assertThat(tab.text("Events were left out while the page or the network was slow."))
          .isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          slow      | Events were left out while the page or the network was slow.
          forgotten | Events were left out: the page was away for longer than the server remembers.
          restarted | The server has started again, and remembers nothing of what was before.
          """)
  void aGapSaysWhatIsMissingAndWhy(String reason, String said, Browser browser) {
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      ObjectNode gap = JSON.createObjectNode().put("reason", reason);
      if (!reason.equals("restarted")) {
        gap.put("from", 100).put("to", 299);
      }
      console.server().send("group:mail", "gap", gap);
      assertThat(tab.find("main p[role=status]")).hasText(said);
      assertThat(tab.find(".baton-label")).isVisible();
      tab.pictures("state-gap-" + reason);
      tab.assertAccessibleInEveryLook("a gap: " + reason);
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void workersWithoutRoomAreAReasonWhileCallsWait(Browser browser) {
    console.server().tell(Story.ofFull());
    try (Tab tab = console.open(browser)) {
      assertThat(tab.find("h1.headline")).containsText("40 calls wait");
      assertThat(tab.find("h1.headline")).containsText("all 8 slots are in use");
      tab.pictures("state-full-groups");
      tab.assertAccessibleInEveryLook("groups without room");
      tab.turnTo("relay/mail");
      assertThat(tab.find(".head .tag"))
          .hasText(new String[] {"● full", "● full", "● full", "● full"});
      assertThat(tab.find(".head .dots i:not(.full)")).hasCount(0);
      tab.pictures("state-full-relay");
      tab.assertAccessibleInEveryLook("workers without room");
      tab.find("button:text-is('Table')").click();
      assertThat(tab.find("figure ~ .table-scroll tbody tr").first()).containsText("2 of 2");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aGroupOfWhichNotAllIsToldSaysSo(Browser browser) {
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      console
          .server()
          .send(
              "group:mail",
              "delta",
              JSON.createObjectNode()
                  .put("seq", 1_000)
                  .put("at", System.currentTimeMillis())
                  .put("mode", "lanes"));
      assertThat(tab.text("only the lanes in sight are told in full")).isVisible();
      tab.pictures("state-lanes");
      tab.assertAccessibleInEveryLook("only some lanes");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void whoMayOnlyLookIsOfferedNoCommand(Browser browser) {
    console.server().tell(Story.ofViewer());
    try (Tab tab = console.open(browser)) {
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
      tab.pictures("viewer-calls");
    }
  }

  @Test
  void aQuestionSaysHowLongItIsOpen(Browser browser) {
    try (Tab tab = console.open(browser, "people")) {
      assertThat(tab.find(".questions > li").first()).containsText("ago, open for another 59 min");
      assertThat(tab.find(".questions > li").last()).containsText("ago, without a deadline.");
    }
  }

  /** The instants beside it are those of the browser's zone. */
  @Test
  void aCronExpressionIsSaidToBeInUtc(Browser browser) {
    try (Tab tab = console.open(browser, "schedules")) {
      assertThat(tab.find("table.cards thead th").nth(1)).hasText("Cron, in UTC");
    }
  }

  @Test
  void longNamesLeaveEachOtherRoom(Browser browser) {
    console.server().tell(Story.marked("-" + "x".repeat(300)));
    try (Tab tab = console.open(browser, "calls")) {
      assertThat(tab.find(".calls-table tbody tr").last()).isVisible();
      tab.pictures("long-names");
      tab.until(
          "[...document.querySelectorAll('.calls-table tbody th')].every(it => it.clientWidth >="
              + " 200)");
    }
  }

  /** Where a font has a sign for a product, 5x7 would be shown with that. */
  @Test
  void aNameIsDrawnLetterByLetter(Browser browser) {
    try (Tab tab = console.open(browser, "groups")) {
      assertThat(tab.find("table.groups th a").first()).isVisible();
      Object widths =
          tab.page.evaluate(
              """
              (() => {
                const link = document.querySelector('table.groups th a');
                link.style.display = 'inline-block';
                link.textContent = '5x7'.repeat(20);
                const asItIs = link.getBoundingClientRect().width;
                link.style.fontFeatureSettings = '"tnum", "cv05", "ss03", "calt" 0';
                return asItIs === link.getBoundingClientRect().width && getComputedStyle(document.body).fontFeatureSettings.includes('"calt" 0');
              })()
              """);
      assertThat(widths).isEqualTo(true);
    }
  }

  @Test
  void whoeverComesSecondHearsThatSomebodyWasFirst(Browser browser) {
    try (Tab tab = console.open(browser, "people")) {
      tab.button("Resolve order-1").click();
      tab.find("dialog textarea").fill("{\"approved\": true}");
      tab.pictures("dialog-resolve");
      tab.assertAccessibleInEveryLook("the dialog");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".notice"))
          .containsText("Somebody was first: order-1 was already resolved at");
    }
  }

  @Test
  void aSelectionIsCancelledOneByOneAndEachResultIsShown(Browser browser) {
    try (Tab tab = console.open(browser, "calls")) {
      tab.find(".calls-table thead input").check();
      assertThat(tab.find(".bar-below")).containsText("14 calls selected");
      tab.pictures("calls-selected");
      tab.find(".bar-below button.danger").click();
      tab.find("dialog button.danger").click();
      assertThat(tab.find("dialog [role=status]")).hasText("14 of 14 done, 0 refused.");
      assertThat(tab.find("dialog .results li")).hasCount(14);
    }
  }

  @Test
  void theKeyboardAloneWillDo(Browser browser) {
    try (Tab tab = console.open(browser)) {
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
      tab.pictures("dialog-declare-dead");
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
      tab.pictures("dialog-keys");
      tab.page.keyboard().press("Escape");
      assertThat(tab.find("dialog[open]")).hasCount(0);
      tab.assertNothingToComplainOf();
    }
  }
}
