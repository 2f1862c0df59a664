package dev.baton.quarkus;

import dev.baton.sdk.Settings;

/**
 * A bean that changes what the configuration says, for what that has no words for: a codec, TLS,
 * tokens from elsewhere. Several are applied by their {@link jakarta.annotation.Priority}, the
 * highest first.
 */
@FunctionalInterface
public interface SettingsCustomizer {

  /** The changed settings. */
  Settings customize(Settings settings);
}
