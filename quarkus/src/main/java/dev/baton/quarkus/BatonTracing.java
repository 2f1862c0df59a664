package dev.baton.quarkus;

import dev.baton.sdk.Settings;
import dev.baton.sdk.opentelemetry.OpenTelemetryInterceptor;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * Spans by the application's OpenTelemetry, if it has one; around all other interceptors. A bean
 * only where baton-sdk-opentelemetry is.
 */
@Singleton
@Priority(Integer.MAX_VALUE)
public class BatonTracing implements SettingsCustomizer {

  private final Instance<OpenTelemetry> openTelemetry;

  @Inject
  BatonTracing(Instance<OpenTelemetry> openTelemetry) {
    this.openTelemetry = openTelemetry;
  }

  @Override
  public Settings customize(Settings settings) {
    return openTelemetry.isResolvable()
        ? settings.withInterceptor(OpenTelemetryInterceptor.of(openTelemetry.get()))
        : settings;
  }
}
