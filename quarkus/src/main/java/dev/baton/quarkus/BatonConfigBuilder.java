package dev.baton.quarkus;

import io.quarkus.runtime.configuration.ConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilder;

/** Adds {@link ResonateVariables}, when the application runs and not when it is built. */
public final class BatonConfigBuilder implements ConfigBuilder {

  @Override
  public SmallRyeConfigBuilder configBuilder(SmallRyeConfigBuilder builder) {
    return builder.withSources(new ResonateVariables());
  }
}
