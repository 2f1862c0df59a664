package dev.baton.example.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.sdk.Health.State;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.sdk.micrometer.SdkMetrics;
import dev.baton.sdk.opentelemetry.OpenTelemetryInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** What otherwise comes by itself, as {@link DevServicesIT} and {@link ObservedIT} see it. */
@QuarkusTest
@TestProfile(SwitchedOffIT.Off.class)
final class SwitchedOffIT {

  /** Every property that takes something away from the application. */
  public static final class Off implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.baton.health.enabled", "false",
          "quarkus.baton.metrics.enabled", "false",
          "quarkus.baton.tracing.enabled", "false",
          "quarkus.baton.worker.enabled", "false");
    }
  }

  @Inject
  @ConfigProperty(name = "test.url")
  URI base;

  @Inject Resonate resonate;
  @Inject Settings settings;
  @Inject MeterRegistry registry;

  @Test
  void theWorkerAsksNothingOfTheServer() {
    assertThat(resonate.health().state()).isEqualTo(State.IDLE);
  }

  @Test
  void healthDoesNotSpeakOfIt() {
    var health = new Http(base).get("/q/health/ready");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).doesNotContain("Baton connection");
  }

  @Test
  void thereAreNoSpansAndNoMeters() {
    assertThat(settings.interceptors())
        .isNotEmpty() // Those of ObservedIT.
        .doesNotHaveAnyElementsOfTypes(OpenTelemetryInterceptor.class, SdkMetrics.class);
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .noneMatch(name -> name.startsWith("baton."));
  }
}
