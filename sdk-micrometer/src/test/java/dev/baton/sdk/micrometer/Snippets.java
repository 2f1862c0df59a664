package dev.baton.sdk.micrometer;

import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import io.micrometer.core.instrument.MeterRegistry;

/** The examples of the documentation. */
final class Snippets {

  private Snippets() {}

  // @start region="metrics"
  static Resonate measured(MeterRegistry registry) {
    var metrics = SdkMetrics.of(registry);
    return metrics.watch(Resonate.connect(Settings.fromEnvironment().withInterceptor(metrics)));
  }
  // @end
}
