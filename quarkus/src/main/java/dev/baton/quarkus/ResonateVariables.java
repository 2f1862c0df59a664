package dev.baton.quarkus;

import dev.baton.sdk.internal.Environment;
import io.smallrye.config.PropertiesConfigSource;

/**
 * The variables that every SDK reads and the operator sets, {@code RESONATE_URL} and the like, as
 * {@code quarkus.baton.url} and the like: stronger than an application's files, weaker than its
 * other variables and system properties.
 */
final class ResonateVariables extends PropertiesConfigSource {

  private static final long serialVersionUID = 1;

  /** Below that of the environment, above that of files. */
  private static final int ORDINAL = 298;

  /** Of this process's environment. */
  ResonateVariables() {
    super(Environment.properties(System.getenv(), "quarkus.baton."), "ResonateVariables", ORDINAL);
  }
}
