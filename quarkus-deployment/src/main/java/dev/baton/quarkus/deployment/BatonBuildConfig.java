package dev.baton.quarkus.deployment;

import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Baton, when the application is built. */
@ConfigMapping(prefix = "quarkus.baton")
@ConfigRoot(phase = ConfigPhase.BUILD_TIME)
public interface BatonBuildConfig {

  /** The health check. */
  HealthConfig health();

  /** Spans. */
  TracingConfig tracing();

  /** Meters. */
  MetricsConfig metrics();

  /** The server of dev mode and tests. */
  DevServicesConfig devservices();

  /** The health check. */
  interface HealthConfig {
    /** Whether the application is ready only while it is connected, if it tells its health. */
    @WithDefault("true")
    boolean enabled();
  }

  /** Spans of calls, attempts and steps. */
  interface TracingConfig {
    /** Whether they are made, where baton-sdk-opentelemetry is and OpenTelemetry is a bean. */
    @WithDefault("true")
    boolean enabled();
  }

  /** Meters of the worker, of calls, attempts and steps. */
  interface MetricsConfig {
    /** Whether there are any, where baton-sdk-micrometer is and a MeterRegistry is a bean. */
    @WithDefault("true")
    boolean enabled();
  }

  /** The server of dev mode and tests: a process beside the application, in memory. */
  interface DevServicesConfig {
    /** Whether one is started if {@code quarkus.baton.url} and {@code RESONATE_URL} are not set. */
    @WithDefault("true")
    boolean enabled();

    /** Its port; 0 for any that is free. */
    @WithDefault("0")
    int port();

    /**
     * The Java 25 that runs it. By default the one that runs the build if it is new enough, else
     * what {@code JAVA_HOME_25} names, else one in {@code /usr/lib/jvm}.
     */
    Optional<Path> javaHome();
  }
}
