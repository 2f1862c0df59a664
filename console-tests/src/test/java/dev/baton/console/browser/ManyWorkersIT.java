package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import dev.baton.console.Assets;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.console.scripted.ScriptedServer;
import dev.baton.console.scripted.Story;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** However many workers and events there are, the page stays small. */
@InChromium
class ManyWorkersIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WORKERS = 10_000;

  @Test
  void tenThousandWorkersAreAGridAndFewElements(Browser browser) {
    try (ScriptedServer server = new ScriptedServer(Story.ofMany(WORKERS), Policy.asServed());
        Tab tab = Tab.open(browser).go(server.url() + "#/relay/mail")) {
      assertThat(tab.find(".grid")).containsText("10,000 workers");
      assertThat(
              tab.page.evaluate(
                  """
                  (() => {
                    const grid = document.querySelector('.grid').getBoundingClientRect();
                    const cells = document.querySelector('.grid canvas').getBoundingClientRect();
                    return grid.right - cells.right >= cells.left - grid.left;
                  })()
                  """))
          .as("as much room at its right as at its left")
          .isEqualTo(true);
      tab.picture("many-workers");
      assertThat(tab.elements()).isLessThan(1_000);
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void aStreamMeansTheSameHoweverItIsCut(Browser browser) throws IOException {
    try (ScriptedServer server = new ScriptedServer(Story.ofFive(), Policy.asServed());
        Tab tab = Tab.open(browser).go(server.url())) {
      assertThat(tab.find("table.groups")).isVisible();
      Object cuts =
          tab.page.evaluate(
              """
              () => {
                const EventParser = (%s);
                const text = ':\\n\\nevent: a\\nid: 1\\ndata: {"x":1}\\n\\n:\\n\\nevent: b\\ndata: {"y":\\ndata: 2}\\n\\ndata: 3\\n\\n';
                const whole = JSON.stringify(new EventParser().add(text));
                let cuts = 0;
                for (let length = 1; length < text.length; length++) {
                  for (let first = 1; first <= length; first++) {
                    const parser = new EventParser();
                    const events = parser.add(text.slice(0, first));
                    for (let at = first; at < text.length; at += length) events.push(...parser.add(text.slice(at, at + length)));
                    if (JSON.stringify(events) !== whole) return `cut at ${first}, then every ${length}`;
                    cuts++;
                  }
                }
                return cuts;
              }
              """
                  .replace("%s", parser()));
      assertThat(cuts).isInstanceOf(Integer.class);
      tab.assertNothingToComplainOf();
    }
  }

  /** The class that takes streams apart, which needs nothing else. */
  private static String parser() throws IOException {
    try (var in = Assets.class.getResourceAsStream("page/event-stream.js")) {
      String module = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      int from = module.indexOf("class EventParser");
      return module.substring(from, module.indexOf("\n}\n", from) + 2);
    }
  }

  @Test
  void lanesAreInTheDocumentOnlyWhileTheyAreSeen(Browser browser) {
    try (ScriptedServer server = new ScriptedServer(Story.ofMany(190), Policy.asServed());
        Tab tab = Tab.open(browser).go(server.url() + "#/relay/mail")) {
      assertThat(tab.find(".head").first()).isVisible();
      for (int step = 1; step <= 20; step++) {
        // Two frames after any scrolling the lanes at hand are there, from edge to edge.
        Object gap =
            tab.page.evaluate(
                """
                share => new Promise(done => {
                  const stage = document.querySelector('.stage');
                  stage.scrollTop = share * (stage.scrollHeight - stage.clientHeight);
                  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => {
                    const box = stage.getBoundingClientRect();
                    const heads = [...document.querySelectorAll('.head')].map(h => h.getBoundingClientRect());
                    done(Math.min(...heads.map(h => h.top)) <= box.top + 1 && Math.max(...heads.map(h => h.bottom)) >= box.bottom - 2);
                  })));
                })
                """,
                step / 20.0);
        assertThat(gap).as("lanes from edge to edge at step %d", step).isEqualTo(true);
        assertThat(tab.find(".head").count()).isLessThan(40);
      }
    }
  }

  @Test
  void aFloodOfEventsLeavesTheMemoryBounded(Browser browser) {
    try (ScriptedServer server = new ScriptedServer(Story.ofFive(), Policy.asServed());
        Tab tab = Tab.open(browser).go(server.url() + "#/relay/mail")) {
      assertThat(tab.find(".baton-label")).isVisible();
      long seq = 1_000;
      for (int round = 0; round < 60; round++) {
        ArrayNode events = JSON.createArrayNode();
        for (int i = 0; i < 1_000; i++) {
          String id = "flood-" + round + "-" + i;
          for (String kind : new String[] {"sent", "taken", "settled"}) {
            events
                .addObject()
                .put("seq", ++seq)
                .put("at", System.currentTimeMillis())
                .put("kind", kind)
                .put("id", id)
                .put("pid", "w-" + i % 50)
                .put("version", 1)
                .put("state", "resolved");
          }
        }
        ObjectNode delta =
            JSON.createObjectNode().put("seq", seq).put("at", System.currentTimeMillis());
        delta.set("events", events);
        server.send("group:mail", "delta", delta);
      }
      server.send("group:mail", "gap", JSON.createObjectNode().put("from", 1).put("to", 77));
      assertThat(tab.text("Events were left out")).isVisible();
      assertThat(tab.heap()).isBetween(1L, 120_000_000L);
      assertThat(tab.elements()).isLessThan(1_500);
      tab.assertNothingToComplainOf();
    }
  }
}
