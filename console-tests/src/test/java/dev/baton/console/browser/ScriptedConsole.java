package dev.baton.console.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import dev.baton.console.chromium.Tab;
import dev.baton.console.scripted.ScriptedServer;
import dev.baton.console.scripted.Story;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One scripted server for the tests of a class. Each test finds it telling the story of five anew,
 * and answering everything.
 */
final class ScriptedConsole implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

  private @Nullable ScriptedServer server;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = new ScriptedServer(Story.ofFive(), Policy.asServed());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    server().tell(Story.ofFive());
    server().refuseNothing();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    server().close();
  }

  ScriptedServer server() {
    return Objects.requireNonNull(server, "before the tests");
  }

  /** A tab with the page's first screen. */
  Tab open(Browser browser) {
    return Tab.open(browser).go(server().url());
  }

  /**
   * A tab with a screen.
   *
   * @param screen what stands behind {@code #/} in its address
   */
  Tab open(Browser browser, String screen) {
    return Tab.open(browser).go(server().url() + "#/" + screen);
  }

  /** A tab with the page's first screen, as somebody looks at it. */
  Tab open(Browser browser, ColorScheme theme, int width) {
    return Tab.open(browser, theme, width).go(server().url());
  }
}
