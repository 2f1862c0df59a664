package dev.baton.sdk.opentelemetry;

import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import io.opentelemetry.api.OpenTelemetry;

/** The examples of the documentation. */
final class Snippets {

  private Snippets() {}

  // @start region="settings"
  static Resonate traced(OpenTelemetry openTelemetry) {
    return Resonate.connect(
        Settings.fromEnvironment().withInterceptor(OpenTelemetryInterceptor.of(openTelemetry)));
  }
  // @end
}
