package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.testing.Tokens;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a page shows of a real server to a token that opens some of it, and for some time. */
@InChromium
class ReachIT {

  private static final Tokens ISSUER = GuardedServer.ISSUER;
  private static final int OTHERS = 60;

  /** A token is taken for so long after its end. */
  private static final long LEEWAY_SECONDS = 60;

  /** Keeps all that the page is told, streams as well, before the page sees it. */
  private static final String OVERHEAR =
      """
      window.told = '';
      const asked = window.fetch;
      window.fetch = async (...what) => {
        const answer = await asked(...what);
        if (!answer.body) return answer;
        const [page, ours] = answer.body.tee();
        (async () => {
          const text = new TextDecoder();
          try {
            for await (const bytes of ours) window.told += text.decode(bytes, {stream: true});
          } catch {
            // The page has left the stream.
          }
        })();
        return new Response(page, {status: answer.status, statusText: answer.statusText, headers: answer.headers});
      };
      """;

  private static GuardedServer server;

  @BeforeAll
  static void start() {
    server = new GuardedServer();
    create("shop.1", "'resonate:target':'poll://any@shop.mail'");
    create("shop.2", "'resonate:target':'poll://any@shop.mail'");
    create("shop.question", "'question':'May it?'");
    create("shop.done", "'resonate:target':'poll://any@shop.mail'");
    command("promise.settle", "{'id':'shop.done','state':'resolved','value':{}}");
    for (int i = 0; i < OTHERS; i++) {
      create("rival." + i, "'resonate:target':'poll://any@rival.mail'");
      create("rival.question." + i, "'question':'What do rivals ask?'");
      command("promise.settle", "{'id':'rival.%d','state':'resolved','value':{}}".formatted(i));
    }
    create("rival.tree", "'resonate:target':'poll://any@rival.mail','resonate:origin':'shop.1'");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aTokenWithAPrefixIsToldNothingOfOthersNotEvenHowManyThereAre(Browser browser) {
    try (Tab tab = Tab.open(browser)) {
      tab.page.addInitScript(OVERHEAR);
      tab.go(server.address(ISSUER.token("role", "viewer", "prefix", "shop."), "groups"));
      assertThat(tab.find("table.groups tbody th a")).hasText("shop.mail");
      assertThat(tab.find("h1.headline")).containsText("2 calls wait");
      assertThat(tab.find(".switcher option")).hasText(new String[] {"All groups", "shop.mail"});
      tab.turnTo("relay/shop.mail");
      assertThat(tab.find(".state")).containsText("2 calls wait until one connects");
      tab.turnTo("call/shop.1");
      assertThat(tab.find(".waterfall tbody tr")).hasCount(1);
      for (String[] list :
          new String[][] {
            {"calls", "3 calls, and no more."},
            {"calls?tab=recent", "1 call, and no more."},
            {"calls?tab=history", "4 calls, and no more."},
            {"people", "1 question, and no more."}
          }) {
        tab.turnTo(list[0]);
        assertThat(tab.find("main > .screen > .hint")).hasText(list[1]);
      }
      tab.turnTo("calls?tab=recent&state=rejected");
      assertThat(tab.find("main .state h1")).hasText("No call is like that");
      assertThat(tab.page.evaluate("window.told").toString())
          .contains("shop.question")
          .doesNotContain("rival");
      assertThat(lookedAt(tab)).isNotEmpty().allMatch(count -> count <= 8);
      tab.assertNothingToComplainOf();

      for (String screen : List.of("relay/rival.mail", "call/rival.tree", "schedules")) {
        tab.turnTo(screen);
        assertThat(tab.find(".failed[data-failure=forbidden] h1")).containsText("Not allowed");
      }
      tab.turnTo("calls?tab=history&prefix=rival.");
      assertThat(tab.find("main .state h1")).hasText("No call is like that");
      assertThat(tab.find("main")).not().containsText(Integer.toString(OTHERS));
    }
  }

  /** All that lists say of how many rows or events they have looked at. */
  private static List<Integer> lookedAt(Tab tab) {
    return Pattern.compile("\"lookedAt\":(\\d+)")
        .matcher(tab.page.evaluate("window.told").toString())
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  @Test
  void aTokenThatEndsIsSaidAndTheNextGoesOnWhereItWas(Browser browser) {
    long end = Instant.now().getEpochSecond() - LEEWAY_SECONDS + 10;
    String brief = ISSUER.sign(Map.of("role", "admin", "exp", end));
    try (Tab tab = Tab.open(browser)) {
      tab.go(server.address(brief, "calls?tab=history&prefix=shop."));
      assertThat(tab.find(".calls-table tbody tr")).hasCount(4);
      // The server ends the stream with its token, and says why it takes no more of it.
      assertThat(tab.find(".light[data-light=off]")).hasText("signed out");
      assertThat(tab.find(".sign-in .fault")).isVisible();
      tab.find(".sign-in input").fill(ISSUER.admin());
      tab.find(".sign-in button").click();
      assertThat(tab.find(".calls-table tbody tr")).hasCount(4);
      assertThat(tab.page).hasURL(Pattern.compile("prefix=shop"));
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      assertThat(tab.complaints()).allMatch(text -> text.contains("401"));
    }
  }

  /**
   * @param tags the members of a JSON object
   */
  private static void create(String id, String tags) {
    command(
        "promise.create",
        "{'id':'%s','timeoutAt':99999999999999,'param':{},'tags':{%s}}".formatted(id, tags));
  }

  private static void command(String kind, String data) {
    server.command(kind, data.replace('\'', '"'));
  }
}
