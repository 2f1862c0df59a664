package dev.baton.quarkus;

import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.sdk.micrometer.SdkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * Times of calls, attempts and steps, and how the worker stands, in the application's registry, if
 * it has one. A bean only where baton-sdk-micrometer is.
 */
@Singleton
@Priority(Integer.MAX_VALUE - 1)
public class BatonMetrics implements SettingsCustomizer {

  private final Instance<MeterRegistry> registry;

  @Inject
  BatonMetrics(Instance<MeterRegistry> registry) {
    this.registry = registry;
  }

  @Override
  public Settings customize(Settings settings) {
    return registry.isResolvable()
        ? settings.withInterceptor(SdkMetrics.of(registry.get()))
        : settings;
  }

  /** Shows the connection, the slots and the heartbeats. */
  void watch(@Observes StartupEvent started, Resonate resonate) {
    if (registry.isResolvable()) {
      SdkMetrics.of(registry.get()).watch(resonate);
    }
  }
}
