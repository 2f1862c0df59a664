package dev.baton.spring;

import dev.baton.sdk.Health;
import dev.baton.sdk.Resonate;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** How many tasks the worker runs and whether it is connected, with its group as a tag. */
final class BatonMeters implements MeterBinder {

  private final Resonate resonate;

  BatonMeters(Resonate resonate) {
    this.resonate = resonate;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    var group = resonate.settings().group();
    Gauge.builder("baton.worker.running", resonate, it -> it.health().running())
        .description("Tasks that take a slot of this worker")
        .tag("group", group)
        .register(registry);
    Gauge.builder("baton.worker.connected", resonate, BatonMeters::connected)
        .description("1 while the worker is connected to its server")
        .tag("group", group)
        .register(registry);
  }

  private static double connected(Resonate resonate) {
    return resonate.health().state() == Health.State.CONNECTED ? 1 : 0;
  }
}
