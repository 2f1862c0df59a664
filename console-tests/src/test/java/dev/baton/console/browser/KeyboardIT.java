package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Keyboard;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.console.scripted.Story;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every command of every screen by the keyboard alone: its key where it has one, else Tab until it
 * has the focus. Those of schedules are in {@link CommandsIT}.
 */
@InChromium
class KeyboardIT {

  private static final int MOST_STEPS = 200;

  /** What the element with the focus is called; in a screen's form, that too. */
  private static final String FOCUSED =
      """
      (() => {
        const it = document.activeElement;
        const name = it.getAttribute('aria-label') ?? it.getAttribute('name') ?? it.textContent;
        return (it.closest('form.form') ? 'form.form ' : '') + name.trim();
      })()
      """;

  /** What can be acted on, and is seen. */
  private static final String COLLECT =
      """
      window.unreached = new Set([...document.querySelectorAll(
          'a[href], button:not(:disabled), input, select, textarea, summary, canvas[tabindex]')]
        .filter(it => !it.closest('dialog:not([open])') && it.checkVisibility({visibilityProperty: true})))
      """;

  /** Takes what has the focus off what is missing, and tells what is wrong with it. */
  private static final String VISIT =
      """
      (() => {
        const it = document.activeElement;
        window.unreached.delete(it);
        const style = getComputedStyle(it);
        const hasRing = it === document.body || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        return hasRing ? '' : it.outerHTML;
      })()
      """;

  private static final String MISSING =
      "[...window.unreached].filter(it => it.isConnected).map(it => it.outerHTML.slice(0, 200))";

  @RegisterExtension static final ScriptedConsole console = new ScriptedConsole();

  /** And it is seen that it is there. */
  @ParameterizedTest
  @CsvSource({
    "groups, table.groups tbody tr >> nth=2",
    "relay/mail, .baton-label",
    "relay/mail?call=order-7, .panel .attempts",
    "call/order-7, .waterfall tbody tr >> nth=3",
    "call/order-8, .waterfall tbody tr >> nth=3",
    "calls, .calls-table tbody tr >> nth=13",
    "calls?tab=history, .calls-table tbody tr >> nth=13",
    "people, .questions > li >> nth=1",
    "schedules, table.cards tbody tr >> nth=1",
    "new?from=order-7, form.form textarea"
  })
  void everythingIsReachedByTabAndShowsIt(String screen, String shown, Browser browser) {
    try (Tab tab = console.open(browser, screen)) {
      assertThat(tab.find(shown).first()).isVisible();
      assertEverythingIsReached(tab);
    }
  }

  @Test
  void everythingOfTheSignInAndOfAFailureIsReachedByTab(Browser browser) {
    console.server().refuse("/whoami", 401, "the token has expired");
    try (Tab tab = console.open(browser)) {
      assertThat(tab.find(".sign-in")).isVisible();
      assertEverythingIsReached(tab);
      console.server().refuseNothing();
      reach(tab, "token");
      keys(tab).type("another-token");
      keys(tab).press("Enter");
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      console.server().refuse("/calls", 403, "forbidden");
      tab.turnTo("calls");
      assertThat(tab.find(".failed")).isVisible();
      assertEverythingIsReached(tab);
    }
  }

  private static void assertEverythingIsReached(Tab tab) {
    tab.page.evaluate(COLLECT);
    for (int step = 0; step < MOST_STEPS && !missing(tab).isEmpty(); step++) {
      keys(tab).press("Tab");
      assertThat(tab.page.evaluate(VISIT)).as("has the focus, and no ring").isEqualTo("");
    }
    assertThat(missing(tab)).as("not reached by Tab").isEmpty();
  }

  private static List<?> missing(Tab tab) {
    return (List<?>) tab.page.evaluate(MISSING);
  }

  @Test
  void theFrameAndItsMenus(Browser browser) {
    try (Tab tab = console.open(browser)) {
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      reach(tab, "Theme: system. Change it");
      keys(tab).press("Enter");
      assertThat(tab.find("html")).hasAttribute("data-theme", "light");
      keys(tab).press("Enter");
      assertThat(tab.find("html")).hasAttribute("data-theme", "dark");
      reach(tab, "admin");
      keys(tab).press("Enter");
      assertThat(tab.find(".who dl")).isVisible();
      keys(tab).press("Escape");
      assertThat(tab.find(".who dl")).isHidden();
      keys(tab).press("Enter");
      reach(tab, "Sign out");
      keys(tab).press("Enter");
      assertThat(tab.find(".sign-in h1")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void filtersAndTabsOfCalls(Browser browser) {
    try (Tab tab = console.open(browser, "calls")) {
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      reach(tab, "History");
      keys(tab).press("Enter");
      assertThat(tab.page).hasURL(Pattern.compile("tab=history"));
      reachWithin(tab, ".filters", "Function");
      keys(tab).type("charge");
      keys(tab).press("Enter");
      assertThat(tab.page).hasURL(Pattern.compile("function=charge"));
      reachWithin(tab, ".filters", "taken twice or more");
      keys(tab).press("Space");
      assertThat(tab.page).hasURL(Pattern.compile("attempts=2"));
      reachWithin(tab, ".filters", "State");
      keys(tab).type("rej");
      assertThat(tab.page).hasURL(Pattern.compile("state=rejected"));
      tab.assertNothingToComplainOf();
    }
  }

  /** Presses Tab until the field with that label has the focus. */
  private static void reachWithin(Tab tab, String form, String label) {
    for (int step = 0; step < MOST_STEPS; step++) {
      Object at =
          tab.page.evaluate(
              "form => document.activeElement.closest(form)"
                  + " ? document.activeElement.labels?.[0]?.textContent.trim() ?? '' : ''",
              form);
      if (at.toString().startsWith(label)) {
        return;
      }
      keys(tab).press("Tab");
    }
    fail("Tab does not lead to \"%s\"", label);
  }

  @Test
  void aWorkerAmongMany(Browser browser) {
    console.server().tell(Story.ofMany(400));
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".grid")).containsText("400 workers");
      reach(tab, "pid");
      keys(tab).type("no-such-worker");
      keys(tab).press("Enter");
      assertNotice(tab, "No worker's pid contains “no-such-worker”.");
      keys(tab).press("ControlOrMeta+a");
      keys(tab).type("w-25");
      keys(tab).press("Enter");
      act(tab, "w-25", "Drain");
      assertNotice(tab, "w-25 gets no new work.");
      reach(tab, "pid");
      keys(tab).press("ControlOrMeta+a");
      keys(tab).type("-399");
      keys(tab).press("Enter");
      assertThat(tab.find(".head.chosen")).hasAttribute("data-pid", "w-399");
      assertThat(tab.find(".head.chosen button")).isFocused();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void slotsOfAGroup(Browser browser) {
    try (Tab tab = console.open(browser)) {
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      reach(tab, "Slots per worker of mail");
      keys(tab).press("Enter");
      assertTitle(tab, "Slots per worker of mail");
      reach(tab, "slots");
      keys(tab).press("ControlOrMeta+a");
      keys(tab).type("3");
      keys(tab).press("Enter");
      assertNotice(tab, "Workers of mail take 3 at once.");
      keys(tab).press("j");
      keys(tab).press("s");
      assertTitle(tab, "Slots per worker of pay");
      escape(tab);
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void workersOfARelay(Browser browser) {
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      keys(tab).press("j");
      keys(tab).press("l");
      assertThat(tab.page).hasURL(Pattern.compile("call="));
      keys(tab).press("Enter");
      assertThat(tab.find(".call h1")).isVisible();
      keys(tab).press("g");
      keys(tab).press("r");
      assertThat(tab.find(".baton-label")).isVisible();
      keys(tab).press("j");
      act(tab, "w-4kq2x", "Drain");
      assertNotice(tab, "w-4kq2x gets no new work.");
      keys(tab).press("j");
      keys(tab).press("j");
      keys(tab).press("j");
      act(tab, "w-tp392", "Resume");
      assertNotice(tab, "w-tp392 gets work again.");
      keys(tab).press("k");
      act(tab, "w-p2lmv", "Declare dead…");
      assertTitle(tab, "Is w-p2lmv dead?");
      reach(tab, "Declare dead");
      keys(tab).press("Enter");
      assertNotice(tab, "w-p2lmv is declared dead; 1 lease ended.");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aCallIsChosenBeforeItsWorkerHasTheFocus(Browser browser) {
    try (Tab tab = console.open(browser, "relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      tab.page.evaluate(
          """
          new Promise(done => {
            for (const key of ['j', 'l']) document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
            requestAnimationFrame(() => requestAnimationFrame(done));
          })
          """);
      assertThat(tab.page).hasURL(Pattern.compile("call="));
      keys(tab).press("Enter");
      assertThat(tab.find(".call h1")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  private static void act(Tab tab, String pid, String button) {
    assertThat(tab.find(".head.chosen")).hasAttribute("data-pid", pid);
    keys(tab).press("a");
    assertTitle(tab, pid);
    reach(tab, button);
    keys(tab).press("Enter");
  }

  @Test
  void aCall(Browser browser) {
    try (Tab tab = console.open(browser, "call/order-7")) {
      assertThat(tab.find(".waterfall tbody tr")).hasCount(4);
      opens(tab, "Resolve…", "Resolve order-7");
      opens(tab, "Reject…", "Reject order-7");
      opens(tab, "Cancel…", "Cancel order-7?");
      opens(tab, "Hand over…", "Hand order-7 over?");
      opens(tab, "As commands", "As commands");
      reach(tab, "Halt");
      keys(tab).press("Enter");
      assertNotice(tab, "order-7 is halted.");
      keys(tab).press("r");
      assertTitle(tab, "Resolve order-7");
      reach(tab, "value");
      keys(tab).type("{\"amount\": 5}");
      reach(tab, "Resolve");
      keys(tab).press("Enter");
      assertNotice(tab, "order-7 was already resolved at");
      reach(tab, "Call again…");
      keys(tab).press("Enter");
      assertThat(tab.find("form.form [name=func]")).hasValue("charge");
      tab.assertNothingToComplainOf();
    }
  }

  private static void opens(Tab tab, String button, String title) {
    reach(tab, button);
    keys(tab).press("Enter");
    assertTitle(tab, title);
    escape(tab);
  }

  @Test
  void aSelectionOfCalls(Browser browser) {
    try (Tab tab = console.open(browser, "calls")) {
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      keys(tab).press("j");
      keys(tab).press(" ");
      keys(tab).press("j");
      keys(tab).press(" ");
      assertThat(tab.find(".bar-below")).containsText("2 calls selected");
      opens(tab, "Cancel…", "Cancel 2 calls?");
      opens(tab, "Halt…", "Halt 2 calls?");
      reach(tab, "Continue…");
      keys(tab).press("Enter");
      assertTitle(tab, "Continue 2 calls?");
      reach(tab, "Continue");
      keys(tab).press("Enter");
      assertThat(tab.find("dialog [role=status]")).hasText("2 of 2 done, 0 refused.");
      escape(tab);

      reach(tab, "Save view");
      keys(tab).press("Enter");
      assertTitle(tab, "Save this view");
      reach(tab, "name");
      keys(tab).type("mine");
      keys(tab).press("Enter");
      assertThat(tab.find(".views a")).hasText("mine");
      reach(tab, "Forget the view mine");
      keys(tab).press("Enter");
      assertThat(tab.find(".views a")).hasCount(0);
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void whatWaitsForPeople(Browser browser) {
    try (Tab tab = console.open(browser, "people")) {
      assertThat(tab.find(".questions > li")).hasCount(2);
      keys(tab).press("r");
      assertTitle(tab, "Resolve order-1");
      escape(tab);
      keys(tab).press("j");
      keys(tab).press("x");
      assertTitle(tab, "Reject order-2");
      reach(tab, "value");
      keys(tab).type("\"not today\"");
      reach(tab, "Reject");
      keys(tab).press("Enter");
      assertNotice(tab, "Somebody was first: order-2 was already resolved at");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aNewCall(Browser browser) {
    try (Tab tab = console.open(browser)) {
      assertThat(tab.find("table.groups")).isVisible();
      keys(tab).press("n");
      assertThat(tab.find("form.form textarea")).isVisible();
      type(tab, "id", "by-hand");
      type(tab, "func", "charge");
      type(tab, "target", "pay");
      type(tab, "args", "order-7");
      reach(tab, "form.form " + tab.find("form.form button.primary").innerText());
      keys(tab).press("Enter");
      assertNotice(tab, "by-hand is called.");
      tab.assertNothingToComplainOf();
    }
  }

  private static void type(Tab tab, String field, String text) {
    reach(tab, "form.form " + field);
    keys(tab).press("ControlOrMeta+a");
    keys(tab).type(text);
  }

  /** Presses Tab until that element has the focus. */
  private static void reach(Tab tab, String name) {
    for (int step = 0; step < MOST_STEPS; step++) {
      if (tab.page.evaluate(FOCUSED).equals(name)) {
        return;
      }
      keys(tab).press("Tab");
    }
    fail("Tab does not lead to \"%s\"", name);
  }

  /** The dialog is gone, and keys are the screen's again. */
  private static void escape(Tab tab) {
    keys(tab).press("Escape");
    assertThat(tab.find("dialog form")).hasCount(0);
  }

  private static void assertTitle(Tab tab, String title) {
    assertThat(tab.find("dialog[open] h2")).hasText(title);
  }

  private static void assertNotice(Tab tab, String text) {
    assertThat(tab.find(".notice")).containsText(text);
  }

  private static Keyboard keys(Tab tab) {
    return tab.page.keyboard();
  }
}
