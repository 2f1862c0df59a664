package dev.baton.quarkus;

import dev.baton.sdk.Resonate;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while connected, or while nothing has been asked for; asks nobody. */
@Readiness
public class BatonHealthCheck implements HealthCheck {

  private final Resonate resonate;

  @Inject
  BatonHealthCheck(Resonate resonate) {
    this.resonate = resonate;
  }

  @Override
  public HealthCheckResponse call() {
    var health = resonate.health();
    var settings = resonate.settings();
    return HealthCheckResponse.named("Baton connection")
        .status(health.isUp())
        .withData("state", health.state().name())
        .withData("since", health.since().toString())
        .withData("problem", health.problem())
        .withData("running", health.running())
        .withData("server", settings.url().toString())
        .withData("group", settings.group())
        .build();
  }
}
