package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.groups.Groups;
import java.lang.ref.WeakReference;
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
    assertThat(metrics.scrape(Groups.NONE)).contains("told_total 8.0").contains("held 8.0");
  }
}
