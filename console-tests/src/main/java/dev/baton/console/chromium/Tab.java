package dev.baton.console.chromium;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A page of the console, and what its browser complains of. */
public final class Tab implements AutoCloseable {

  public static final Path PICTURES = Path.of("target", "pictures");

  private static final double PATIENCE_MS = 30_000;

  /** How people look at it. */
  private record Look(ColorScheme theme, int width) {
    private int height() {
      return width < 600 ? 844 : 900;
    }

    @Override
    public String toString() {
      return theme.name().toLowerCase(Locale.ROOT) + "-" + width;
    }
  }

  private static final List<Look> LOOKS =
      List.of(
          new Look(ColorScheme.LIGHT, 1440),
          new Look(ColorScheme.DARK, 1440),
          new Look(ColorScheme.LIGHT, 390));

  private final BrowserContext context;
  private final Look look;
  private final List<String> complaints = new ArrayList<>();
  public final Page page;

  private Tab(BrowserContext context, Look look) {
    this.context = context;
    this.look = look;
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

  public static Tab open(Browser browser, ColorScheme theme, int width) {
    Look look = new Look(theme, width);
    return new Tab(
        browser.newContext(
            new Browser.NewContextOptions()
                .setColorScheme(theme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setViewportSize(width, look.height())
                .setLocale("en-GB")),
        look);
  }

  public static Tab open(Browser browser) {
    return open(browser, ColorScheme.LIGHT, 1440);
  }

  public Tab go(String url) {
    page.navigate(url);
    return this;
  }

  /** As a link does it. */
  public Tab turnTo(String screen) {
    page.evaluate("to => { location.hash = '#/' + to; }", screen);
    return this;
  }

  /** From now on each answer comes so much later, and bytes so slowly. */
  public void slowDown(int latencyMs, int bytesPerSecond) {
    var network = new JsonObject();
    network.addProperty("offline", false);
    network.addProperty("latency", latencyMs);
    network.addProperty("downloadThroughput", bytesPerSecond);
    network.addProperty("uploadThroughput", bytesPerSecond);
    context.newCDPSession(page).send("Network.emulateNetworkConditions", network);
  }

  /**
   * Waits in the page until an expression holds. Playwright's own way to wait for one is kept out
   * by the content security policy.
   */
  public void until(String expression) {
    Object holds =
        page.evaluate(
            """
            patience => new Promise(done => {
              const end = performance.now() + patience;
              const look = () => {
                if (%s) done(true);
                else if (performance.now() > end) done(false);
                else requestAnimationFrame(look);
              };
              look();
            })
            """
                .formatted(expression),
            PATIENCE_MS);
    assertThat(holds).as(expression).isEqualTo(true);
  }

  /** What its scripts hold, in bytes, after a collection. */
  public long heap() {
    CDPSession session = context.newCDPSession(page);
    try {
      session.send("HeapProfiler.collectGarbage");
      return session.send("Runtime.getHeapUsage").get("usedSize").getAsLong();
    } finally {
      session.detach();
    }
  }

  /** Counts the bytes that come from now on, as they are sent. */
  public LongSupplier countBytes() {
    AtomicLong bytes = new AtomicLong();
    CDPSession session = context.newCDPSession(page);
    session.on(
        "Network.dataReceived", data -> bytes.addAndGet(data.get("encodedDataLength").getAsLong()));
    session.send("Network.enable");
    return bytes::get;
  }

  public int elements() {
    return ((Number) page.evaluate("document.querySelectorAll('*').length")).intValue();
  }

  public Locator find(String selector) {
    return page.locator(selector);
  }

  public Locator text(String text) {
    return page.getByText(text).first();
  }

  public Locator button(String name) {
    return page.getByRole(
        com.microsoft.playwright.options.AriaRole.BUTTON,
        new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** Keeps a picture with the build's output. */
  public void picture(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
  }

  /** Keeps a picture of it in light, in the dark and on a telephone. */
  public void pictures(String name) {
    inEveryLook(it -> picture(name + "-" + it));
  }

  /** What axe has to say against it in light, in the dark and on a telephone. */
  public void assertAccessibleInEveryLook(String what) {
    inEveryLook(it -> {
      if (it.theme == ColorScheme.DARK) {
        assertLegible(what + ", " + it); // All else is as it is in light.
      } else {
        assertAccessible(what + ", " + it);
      }
    });
  }

  private void inEveryLook(Consumer<Look> does) {
    for (Look other : LOOKS) {
      take(other);
      does.accept(other);
    }
    take(look);
  }

  private void take(Look other) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(other.theme));
    page.setViewportSize(other.width, other.height());
  }

  /** What axe has to say against the page as it is now. */
  public void assertAccessible(String what) {
    assertAccessible(what, axe());
  }

  /** Whether all texts can be told from what they stand on. */
  public void assertLegible(String what) {
    assertAccessible(what, axe().withRules(List.of("color-contrast")));
  }

  /**
   * In the page itself. What axe does otherwise for the sake of frames, of which the console has
   * none, takes a page of its own and three times as long.
   */
  private AxeBuilder axe() {
    return new AxeBuilder(page).setLegacyMode(true);
  }

  private void assertAccessible(String what, AxeBuilder axe) {
    // Not while a screen is on its way; one that has no heading at all fails here.
    PlaywrightAssertions.assertThat(page.locator("h1").first()).isVisible();
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

  /** Links that are drawn as buttons are as high, with their text in the middle. */
  public void assertLinksLookLikeButtons() {
    assertThat(
            page.evaluate(
                """
                () => [...document.querySelectorAll('a.button')].filter(link => {
                  const box = link.getBoundingClientRect();
                  const range = document.createRange();
                  range.selectNodeContents(link);
                  const text = range.getBoundingClientRect();
                  const above = text.top - box.top;
                  const below = box.bottom - text.bottom;
                  return box.height < (innerWidth < 600 ? 38 : 32) || Math.abs(above - below) > 2;
                }).map(link => link.textContent)
                """))
        .isEqualTo(List.of());
  }

  public void assertNothingToComplainOf() {
    assertThat(complaints).isEmpty();
  }

  /** What was wrong so far is known. */
  public List<String> complaints() {
    List<String> all = List.copyOf(complaints);
    complaints.clear();
    return all;
  }

  @Override
  public void close() {
    context.close();
  }
}
