package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The browser's own ways: reload, back and forward, a second tab, a link from elsewhere. */
@InChromium
class NavigationIT {

  private static final String FILTERED =
      "calls?tab=history&state=rejected&group=mail&function=charge&prefix=order-&attempts=2";

  @RegisterExtension static final ScriptedConsole console = new ScriptedConsole();

  @Test
  void aReloadKeepsFiltersTabAndWhatIsChosen(Browser browser) {
    try (Tab tab = console.open(browser, FILTERED)) {
      assertIsFiltered(tab);
      tab.page.reload();
      assertIsFiltered(tab);
      tab.turnTo("relay/mail?window=300&call=order-7&lane=w-p2lmv");
      assertThat(tab.find(".panel h2")).hasText("order-7");
      tab.page.reload();
      assertThat(tab.find(".panel h2")).hasText("order-7");
      assertThat(tab.find(".choices [aria-current=true]")).hasText("5 min");
      assertThat(tab.find(".head.chosen")).hasAttribute("data-pid", "w-p2lmv");
      tab.assertNothingToComplainOf();
    }
  }

  private static void assertIsFiltered(Tab tab) {
    assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
    assertThat(tab.find(".choices [aria-current=true]")).hasText("History");
    assertThat(tab.find(".filters select")).hasValue("rejected");
    for (String[] field :
        new String[][] {{"Group", "mail"}, {"Function", "charge"}, {"Id begins with", "order-"}}) {
      assertThat(tab.page.getByLabel(field[0], new Page.GetByLabelOptions().setExact(true)).last())
          .hasValue(field[1]);
    }
    assertThat(tab.page.getByLabel("taken twice or more")).isChecked();
  }

  @Test
  void backAndForwardLeadThroughTheScreensWithTheirFilters(Browser browser) {
    try (Tab tab = console.open(browser)) {
      tab.find("table.groups th a").filter(named("mail")).click();
      assertThat(tab.find(".baton-label")).isVisible();
      tab.find(".sentences a").filter(named("order-7")).click();
      tab.find(".panel a.button").click();
      assertThat(tab.find(".call h1")).hasText("order-7");
      tab.turnTo("calls");
      tab.find(".filters input").first().fill("mail");
      tab.find(".filters input").first().press("Enter");
      assertThat(tab.page).hasURL(Pattern.compile("group=mail$"));
      tab.find(".calls-table th a").filter(named("order-3")).click();
      assertThat(tab.find(".call h1")).hasText("order-3");

      tab.page.goBack();
      assertThat(tab.find(".filters input").first()).hasValue("mail");
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      tab.page.goBack();
      assertThat(tab.find(".call h1")).hasText("order-7");
      tab.page.goBack();
      assertThat(tab.find(".panel h2")).hasText("order-7");
      tab.page.goBack();
      assertThat(tab.find(".panel")).hasCount(0);
      assertThat(tab.find(".baton-label")).isVisible();
      tab.page.goBack();
      assertThat(tab.find("table.groups tbody tr")).hasCount(3);
      tab.page.goForward();
      assertThat(tab.find(".baton-label")).isVisible();
      tab.assertNothingToComplainOf();
    }
  }

  private static Locator.FilterOptions named(String text) {
    return new Locator.FilterOptions().setHasText(Pattern.compile("^" + text + "$"));
  }

  /** Each has a stream and a token of its own; what is kept in the browser, both see. */
  @Test
  void twoTabsOfABrowserDoNotDisturbEachOther(Browser browser) {
    try (Tab tab = console.open(browser, "calls");
        Page other = tab.page.context().newPage()) {
      other.navigate(console.server().url() + "#token=another&/relay/mail");
      assertThat(other.locator(".baton-label")).isVisible();
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      assertThat(tab.page.evaluate("sessionStorage.getItem('baton.token')")).isNull();

      tab.button("Save view").click();
      tab.find("dialog [name=name]").fill("mine");
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".views a")).hasText("mine");
      other.evaluate("location.hash = '#/calls'");
      assertThat(other.locator(".views a")).hasText("mine");

      console.server().hangUp();
      for (Page page : new Page[] {tab.page, other}) {
        assertThat(page.locator(".light[data-light=live]")).isVisible();
      }
      other.locator(".who summary").click();
      other.locator(".who button").click();
      assertThat(other.locator(".sign-in h1")).isVisible();
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      tab.assertNothingToComplainOf();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"#token=%E0%A4%A&/calls", "#token=100%&/calls"})
  void aTokenThatIsBadlyEncodedIsNoEndOfThePage(String fragment, Browser browser) {
    try (Tab tab = Tab.open(browser).go(console.server().url() + fragment)) {
      assertThat(tab.find(".calls-table tbody tr")).hasCount(14);
      assertThat(tab.page).hasURL(Pattern.compile("#/calls$"));
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void commandsAreCopiedAlsoWhereTheBrowserGivesNoClipboard(Browser browser) {
    try (Tab tab = Tab.open(browser)) {
      tab.page.addInitScript(
          """
          Object.defineProperty(navigator, 'clipboard', {value: undefined});
          addEventListener('copy', () => window.copied = document.activeElement.value);
          """);
      tab.go(console.server().url() + "#/call/order-7");
      tab.button("As commands").click();
      tab.find("dialog button.primary").click();
      assertThat(tab.find(".notice")).hasText("Copied.");
      assertThat(tab.page.evaluate("window.copied").toString()).startsWith("./baton why order-7");
      tab.assertNothingToComplainOf();
    }
  }
}
