package dev.baton.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page of the console, and what its browser complains of. */
final class Tab implements AutoCloseable {

  static final Path PICTURES = Path.of("target", "pictures");

  private static final double PATIENCE_MS = 30_000;

  private final BrowserContext context;
  private final List<String> complaints = new ArrayList<>();
  final Page page;

  private Tab(BrowserContext context) {
    this.context = context;
    this.page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onDialog(dialog -> {
      complaints.add("a dialog: " + dialog.message());
      dialog.dismiss();
    });
  }

  static Tab open(Browser browser, ColorScheme theme, int width) {
    return new Tab(
        browser.newContext(
            new Browser.NewContextOptions()
                .setColorScheme(theme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setViewportSize(width, width < 600 ? 844 : 900)
                .setLocale("en-GB")));
  }

  static Tab open(Browser browser) {
    return open(browser, ColorScheme.LIGHT, 1440);
  }

  Tab go(String url) {
    page.navigate(url);
    return this;
  }

  /** As a link does it. */
  Tab turnTo(String screen) {
    page.evaluate("to => { location.hash = '#/' + to; }", screen);
    return this;
  }

  Locator find(String selector) {
    return page.locator(selector);
  }

  Locator text(String text) {
    return page.getByText(text).first();
  }

  Locator button(String name) {
    return page.getByRole(
        com.microsoft.playwright.options.AriaRole.BUTTON,
        new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** Keeps a picture with the build's output. */
  void picture(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
  }

  /** What axe has to say against the page as it is now. */
  void assertAccessible(String what) {
    assertAccessible(what, new AxeBuilder(page));
  }

  /** Whether all texts can be told from what they stand on. */
  void assertLegible(String what) {
    assertAccessible(what, new AxeBuilder(page).withRules(List.of("color-contrast")));
  }

  private static void assertAccessible(String what, AxeBuilder axe) {
    var findings =
        axe.analyze().getViolations().stream()
            .map(rule ->
                rule.getId()
                    + ": "
                    + rule.getNodes().stream()
                        .limit(3)
                        .map(node -> node.getTarget() + " " + node.getFailureSummary())
                        .toList())
            .toList();
    assertThat(findings).as("axe on %s", what).isEmpty();
  }

  void assertNothingToComplainOf() {
    assertThat(complaints).isEmpty();
  }

  /** What was wrong so far is known. */
  List<String> complaints() {
    List<String> all = List.copyOf(complaints);
    complaints.clear();
    return all;
  }

  @Override
  public void close() {
    context.close();
  }
}
