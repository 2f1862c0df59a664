package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.console.scripted.Story;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every screen, in both themes and on a telephone: a picture, and nothing to complain of. */
@InChromium
class ScreensIT {

  /** What each screen has to show before its picture is taken. */
  private static final List<String> SCREENS =
      List.of(
          "groups", "table.groups tbody tr >> nth=2",
          "relay/mail", ".baton-label",
          "relay/mail?call=order-7", ".panel .attempts",
          "call/order-7", ".waterfall tbody tr >> nth=3",
          "calls", ".calls-table tbody tr >> nth=13",
          "calls?tab=recent", ".calls-table tbody tr >> nth=13",
          "people", ".questions > li >> nth=1",
          "schedules", "table.cards tbody tr >> nth=1",
          "new?from=order-7", "form.form textarea");

  @RegisterExtension static final ScriptedConsole console = new ScriptedConsole();

  @ParameterizedTest
  @CsvSource({"LIGHT, 1440", "DARK, 1440", "LIGHT, 390"})
  void screens(ColorScheme theme, int width, Browser browser) {
    try (Tab tab = console.open(browser, theme, width)) {
      for (int i = 0; i < SCREENS.size(); i += 2) {
        String screen = SCREENS.get(i);
        console.server().tell(Story.ofFive());
        tab.turnTo(screen);
        assertThat(tab.find(SCREENS.get(i + 1)).first()).isVisible();
        assertThat(tab.find(".light[data-light=live]")).isVisible();
        tab.assertLinksLookLikeButtons();
        String name = screen.replaceAll("[^a-z0-9]+", "-");
        tab.picture("%s-%s-%d".formatted(name, theme.name().toLowerCase(Locale.ROOT), width));
        if (theme == ColorScheme.DARK) {
          tab.assertLegible(screen + " in the dark");
        } else {
          tab.assertAccessible(screen + " " + width);
        }
      }
      tab.assertNothingToComplainOf();
    }
  }
}
