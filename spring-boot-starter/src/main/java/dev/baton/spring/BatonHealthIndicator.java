package dev.baton.spring;

import dev.baton.sdk.Resonate;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while connected, or while nothing has been asked for; asks nobody. */
final class BatonHealthIndicator extends AbstractHealthIndicator {

  private final Resonate resonate;

  BatonHealthIndicator(Resonate resonate) {
    super("the state of the connection to Baton could not be told");
    this.resonate = resonate;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    var health = resonate.health();
    var settings = resonate.settings();
    builder
        .status(health.isUp() ? "UP" : "DOWN")
        .withDetail("state", health.state())
        .withDetail("since", health.since())
        .withDetail("problem", health.problem())
        .withDetail("running", health.running())
        .withDetail("server", settings.url())
        .withDetail("group", settings.group());
  }
}
