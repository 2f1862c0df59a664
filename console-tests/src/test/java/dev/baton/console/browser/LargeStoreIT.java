package dev.baton.console.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server in front of many settled promises and many workers. A short run by default; {@code
 * -Dconsole.rows=1000000 -Dconsole.workers=10000 -Dconsole.minutes=10 -Dconsole.first-view-ms=1000}
 * for the whole, which needs a limit of 11,000 open files.
 */
@InChromium
class LargeStoreIT {

  private static final int ROWS = Integer.getInteger("console.rows", 2_500);
  private static final int WORKERS = Integer.getInteger("console.workers", 300);
  private static final int QUESTIONS = 350;
  private static final int CALLS_A_ROUND = 100;
  private static final String TO_THE_CROWD = "'resonate:target':'poll://any@crowd'";
  private static final Duration LENGTH =
      Duration.ofSeconds(60L * Integer.getInteger("console.minutes", 0));

  /** What is longer ago a relay forgets. */
  private static final Duration REMEMBERED = Duration.ofMinutes(5);

  private static final long MOST_DRIFT = 1_000_000;

  /** A build shares its machine with others, so it has no bound unless one is given. */
  private static final long FIRST_VIEW_MS = Long.getLong("console.first-view-ms", Long.MAX_VALUE);

  private static final double UNTIL_ALL_ARE_LOST_MS = 300_000;
  private static final long MOST_HEAP = 60_000_000;

  /** Of a row that is no longer in sight next to nothing is kept: its share of a page's place. */
  private static final long MOST_HEAP_PER_ROW = 4;

  private static final long SEVERAL_PAGES = 5_000_000;
  private static final int MOST_ELEMENTS = 12_000;

  /** When the first of them was there, in ms since the navigation began. */
  private static final String CLOCK =
      """
      const wait = () => {
        if (document.querySelector('.calls-table tbody tr, .grid canvas, table.groups tbody tr'))
          window.firstSeenAt = performance.now();
        else requestAnimationFrame(wait);
      };
      wait();
      """;

  /**
   * Scrolls on for a while; each row that is drawn is the one that its place says, and none is left
   * out. Ends with how many rows have been drawn so far, and whether that is all.
   */
  private static final String SCROLL =
      """
      async ms => {
        const frame = () => new Promise(requestAnimationFrame);
        const end = performance.now() + ms;
        window.covered ??= 0;
        for (;;) {
          const rows = [...document.querySelectorAll('tbody[data-page] tr:not(.space)')];
          const loading = document.querySelector('tbody[data-page] tr.space');
          if (!loading) {
            let place = Number(rows[0].getAttribute('aria-rowindex')) - 2;
            if (place > window.covered) return {gap: `rows ${window.covered} to ${place} were left out`};
            for (const row of rows) {
              const id = row.querySelector('th a').textContent;
              if (Number(row.getAttribute('aria-rowindex')) - 2 !== place || id !== 'order-' + String(place).padStart(7, '0'))
                return {gap: `${id} is drawn at place ${place}`};
              place++;
            }
            window.covered = Math.max(window.covered, place);
            const isEnd = document.querySelector('main .hint')?.textContent.includes('and no more');
            if (isEnd && scrollY + innerHeight >= document.documentElement.scrollHeight - 2)
              return {covered: window.covered, isEnd: true};
            if (performance.now() > end) return {covered: window.covered, isEnd: false};
            scrollBy(0, 8000);
          }
          await frame();
        }
      }
      """;

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("large.db");
    Layers layers =
        Policy.layers()
            .set(Key.STORAGE_SQLITE_PATH, file.toString())
            .set(Key.POLL_MAX_CONNECTIONS, "20000");
    BatonServer.start(ServerConfig.of(layers)).close(); // Makes the tables.
    SettledCalls.fill(file, ROWS);
    server = BatonServer.start(ServerConfig.of(layers));
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  void everyRowIsReachedByScrollingInBoundedMemory(Browser browser) {
    try (Tab tab = Tab.open(browser)) {
      tab.page.addInitScript(CLOCK);
      tab.go(server.url() + "/console/#/calls?tab=history&prefix=order-");
      assertThat(tab.find(".calls-table tbody tr").first()).isVisible();
      assertFirstView(tab, "the history of " + ROWS + " calls");
      long first = tab.heap();
      long most = first;
      Map<?, ?> found;
      do {
        found = (Map<?, ?>) tab.page.evaluate(SCROLL, 5_000);
        assertThat(found.get("gap")).isNull();
        most = Math.max(most, tab.heap());
        assertThat(tab.elements()).isLessThan(MOST_ELEMENTS);
      } while (Boolean.FALSE.equals(found.get("isEnd")));
      assertThat(found.get("covered")).isEqualTo(ROWS);
      figure(
          "scrolled through %d rows: heap %d bytes at first, at most %d"
              .formatted(ROWS, first, most));
      assertThat(most).isLessThan(MOST_HEAP);
      assertThat(most - first).isLessThan(SEVERAL_PAGES + MOST_HEAP_PER_ROW * ROWS);

      // And to and fro, without what lies between.
      tab.page.evaluate("scrollTo(0, 0)");
      assertThat(tab.find("tbody[data-page='0'] tr >> nth=0")).containsText("order-0000000");
      tab.page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)");
      assertThat(tab.find("tbody[data-page] tr.space")).hasCount(0);
      tab.until(
          """
          [...document.querySelectorAll('tbody[data-page] tr')].some(row => {
            const box = row.getBoundingClientRect();
            const place = Number(row.getAttribute('aria-rowindex')) - 2;
            return box.top < innerHeight && box.bottom > 0 && place > 100
              && row.querySelector('th a')?.textContent === 'order-' + String(place).padStart(7, '0');
          })
          """);
      tab.picture("calls-million");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void whatIsPendingAmongManyThatAreNotIsThereAtOnce(Browser browser) {
    create("aa-pending", TO_THE_CROWD);
    try (Tab tab = Tab.open(browser)) {
      tab.page.addInitScript(CLOCK);
      tab.go(server.url() + "/console/#/calls");
      assertThat(tab.find(".calls-table tbody th >> nth=0")).hasText("aa-pending");
      assertFirstView(tab, "what is pending among " + ROWS + " that are not");
      tab.turnTo("calls?tab=history&prefix=order-00024");
      assertThat(tab.find(".calls-table tbody th >> nth=0")).hasText("order-0002400");
      tab.turnTo("calls?tab=history&state=rejected");
      assertThat(tab.find("main .state h1"))
          .hasText(ROWS > 40_000 ? "Nothing found yet" : "No call is like that");
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void everyQuestionIsReachedByScrollingAndAnsweredInItsPlace(Browser browser) {
    for (int i = 0; i < QUESTIONS; i++) {
      create("question-%04d".formatted(i), "'question':'May it?'");
    }
    String last = "question-%04d".formatted(QUESTIONS - 1);
    try (Tab tab = Tab.open(browser)) {
      tab.go(server.url() + "/console/#/people");
      assertThat(tab.text("question-0000")).isVisible();
      tab.until(
          """
          (scrollBy(0, 2000), [...document.querySelectorAll('.questions > li a')].some(link => link.textContent === '%s'))
          """
              .formatted(last));
      assertThat(tab.text(QUESTIONS + " questions, and no more.")).isVisible();
      assertThat(tab.find("[data-page='0']")).hasCount(0);
      assertThat(tab.elements()).isLessThan(MOST_ELEMENTS);

      tab.button("Resolve " + last).click();
      tab.find("dialog textarea").fill("true");
      tab.find("dialog button.primary").click();
      var answered =
          tab.find(".questions > li").filter(new Locator.FilterOptions().setHasText(last));
      assertThat(answered).containsText("settled meanwhile");
      assertThat(answered).isInViewport();
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  void everyScreenIsThereAtOnceWithManyWorkers(Browser browser) throws Exception {
    create("ab-pending", TO_THE_CROWD);
    try (Crowd _ = Crowd.connect(server.port(), "many", WORKERS)) {
      for (String screen : List.of("groups", "relay/many", "calls", "calls?tab=history")) {
        try (Tab tab = Tab.open(browser)) {
          tab.page.addInitScript(CLOCK);
          tab.go(server.url() + "/console/#/" + screen);
          assertFirstView(tab, "%s, %d workers, %d calls".formatted(screen, WORKERS, ROWS));
          tab.assertNothingToComplainOf();
        }
      }
    }
  }

  @Test
  void manyWorkersStayAPageOfBoundedSize(Browser browser) throws Exception {
    try (Crowd workers = Crowd.connect(server.port(), "crowd", WORKERS);
        Tab tab = Tab.open(browser)) {
      LongSupplier received = tab.countBytes();
      tab.go(server.url() + "/console/#/relay/crowd");
      assertThat(tab.find(".grid p")).containsText("%,d workers".formatted(WORKERS));
      long first = received.getAsLong();
      Instant begin = Instant.now();
      List<Long> heaps = new ArrayList<>();
      int made = 0;
      do {
        for (int i = 0; i < CALLS_A_ROUND; i++) {
          if (made >= CALLS_A_ROUND) {
            settle("crowded-" + (made - CALLS_A_ROUND));
          }
          create("crowded-" + made++, TO_THE_CROWD);
        }
        // A frame has been drawn with what came of it.
        tab.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => setTimeout(done, 1000)))");
        heaps.add(tab.heap());
        assertThat(tab.elements()).isLessThan(MOST_ELEMENTS);
      } while (Duration.between(begin, Instant.now()).compareTo(LENGTH) < 0
          || made < 3 * CALLS_A_ROUND);
      double seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
      long most = heaps.stream().mapToLong(Long::longValue).max().orElseThrow();
      figure(
          "a relay of %d workers for %.0f s, %.0f calls/s: heap at most %d bytes, in the end %d; %d bytes for the page and its first view, then %.0f bytes/s"
              .formatted(
                  WORKERS,
                  seconds,
                  made / seconds,
                  most,
                  heaps.getLast(),
                  first,
                  (received.getAsLong() - first) / seconds));
      List<Long> tenths = mostOfEachTenth(heaps);
      figure("its heap in each tenth, at most: " + tenths);
      assertThat(most).isLessThan(MOST_HEAP);
      if (LENGTH.compareTo(REMEMBERED.multipliedBy(2)) >= 0) {
        // It has forgotten as much as it has learnt.
        assertThat(Collections.max(tenths.subList(6, 10)))
            .isLessThan(Collections.max(tenths.subList(0, 6)) + MOST_DRIFT);
      }
      assertThat(tab.find(".light[data-light=live]")).isVisible();
      workers.die();
      assertThat(tab.find(".grid p"))
          .containsText(
              "%,d lost".formatted(WORKERS),
              new LocatorAssertions.ContainsTextOptions().setTimeout(UNTIL_ALL_ARE_LOST_MS));
      tab.picture("workers-lost");
      tab.assertNothingToComplainOf();
    }
  }

  private static List<Long> mostOfEachTenth(List<Long> heaps) {
    return IntStream.range(0, 10)
        .mapToObj(i -> heaps.subList(heaps.size() * i / 10, heaps.size() * (i + 1) / 10))
        .filter(tenth -> !tenth.isEmpty())
        .map(Collections::max)
        .toList();
  }

  private static void assertFirstView(Tab tab, String what) {
    tab.until("window.firstSeenAt");
    long ms = ((Number) tab.page.evaluate("window.firstSeenAt")).longValue();
    figure(what + ": first view after " + ms + " ms");
    assertThat(ms).as(what).isBetween(1L, FIRST_VIEW_MS);
  }

  private static void figure(String text) {
    System.out.println("FIGURE " + text);
  }

  /**
   * @param tags the members of a JSON object
   */
  private static void create(String id, String tags) {
    var answer =
        client.call(
            "promise.create",
            "{'id':'%s','timeoutAt':99999999999999,'param':{},'tags':{%s}}".formatted(id, tags));
    assertThat(answer.status()).isEqualTo(200);
  }

  private static void settle(String id) {
    var answer =
        client.call("promise.settle", "{'id':'%s','state':'resolved','value':{}}".formatted(id));
    assertThat(answer.status()).isEqualTo(200);
  }
}
