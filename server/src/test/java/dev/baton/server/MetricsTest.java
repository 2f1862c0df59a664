package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.server.background.BackgroundThread;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.groups.Groups;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {

  /** Whoever shows a figure keeps nothing of it: the figures themselves do. */
  @Test
  void aCounterIsShownAfterItsSupplierCouldBeCollected() {
    Metrics metrics = new Metrics(1);
    AtomicLong count = new AtomicLong(7);
    metrics.counter("told", "what is told", count::get);
    metrics.gauge("held", count::get);
    WeakReference<Object> witness = new WeakReference<>(new Object());
    await()
        .until(() -> {
          System.gc();
          return witness.get() == null;
        });
    count.set(8);
    assertThat(text(metrics.scrape(Groups.NONE))).contains("told_total 8.0").contains("held 8.0");
  }

  @Test
  void aFigureIsNotShownTwice() {
    Metrics metrics = new Metrics(1);
    metrics.gauge("held", () -> 1);
    assertThatThrownBy(() -> metrics.gauge("held", () -> 2)).hasMessageContaining("held");
  }

  private final Dispatcher dispatcher = Dispatchers.plain();

  private Groups groups() {
    return new Groups(dispatcher.snapshots(1_000).groups(), 0, 0);
  }

  @Test
  void aGroupHasItsSeriesWhateverItsNameHolds() {
    dispatcher.slots("quiet", 1);
    dispatcher.slots("a \"b\" \\ c\nd é", 1);
    Metrics metrics = new Metrics(10);
    assertThat(text(metrics.scrape(groups())).lines())
        .contains(
            "# TYPE baton_group_ready_tasks gauge",
            "baton_group_ready_tasks{group=\"quiet\"} 0.0",
            "baton_group_oldest_ready_seconds{group=\"quiet\"} 0.0",
            "baton_group_worker_load_min_tasks{group=\"a \\\"b\\\" \\\\ c\\nd é\"} 0.0",
            "# TYPE baton_group_handed_over_tasks_total counter",
            "baton_group_handed_over_tasks_total{group=\"quiet\"} 0.0");
  }

  @Test
  void theTextTakesLittleMoreMemoryThanItsBytes() {
    for (int i = 0; i < 1_000; i++) {
      dispatcher.slots("a-group-with-a-name-of-usual-length-" + i, 1);
    }
    dispatcher.snapshots(10_000);
    Metrics metrics = new Metrics(1_000);
    for (int i = 0; i < 100; i++) {
      metrics.scrape(groups()); // What is new loads.
    }
    Groups groups = groups();
    long began = BackgroundThread.allocatedBytes();
    byte[] text = metrics.scrape(groups);
    long taken = BackgroundThread.allocatedBytes() - began;
    assertThat(text).hasSizeGreaterThan(500_000);
    assertThat(taken).isLessThan(text.length * 5L / 2);
  }

  @Test
  void theRestOfTheGroupsIsOneSeriesWithoutACount() {
    dispatcher.slots("first", 1);
    Metrics metrics = new Metrics(1);
    metrics.scrape(groups());
    dispatcher.slots("a-second", 1);
    assertThat(text(metrics.scrape(groups())).lines())
        .contains(
            "baton_group_ready_tasks{group=\"first\"} 0.0",
            "baton_group_ready_tasks{group=\"(other)\"} 0.0",
            "baton_group_handed_over_tasks_total{group=\"first\"} 0.0")
        .noneMatch(line -> line.startsWith("baton_group_handed_over_tasks_total{group=\"(other)"))
        .noneMatch(line -> line.contains("a-second"));
  }

  @Test
  void theTextOfALookIsWrittenOnceAndThatOfTheNextAnew() {
    Metrics metrics = new Metrics(1);
    AtomicLong count = new AtomicLong(7);
    metrics.gauge("held", count::get);
    Groups look = groups();
    byte[] first = metrics.scrape(look);
    count.set(8);
    assertThat(metrics.scrape(look)).isSameAs(first);
    assertThat(text(metrics.scrape(groups()))).contains("held 8.0");
    count.set(9);
    metrics.scrape(Groups.NONE);
    count.set(10);
    assertThat(text(metrics.scrape(Groups.NONE))).as("which is no look").contains("held 10.0");
  }

  private static String text(byte[] scraped) {
    return new String(scraped, StandardCharsets.UTF_8);
  }
}
