package dev.baton.spring;

import dev.baton.sdk.Settings;

/**
 * A bean that changes what the properties say, for what they have no words for: a codec, TLS,
 * tokens from elsewhere. Several are applied in the order of the beans.
 */
@FunctionalInterface
public interface SettingsCustomizer {

  /** The changed settings. */
  Settings customize(Settings settings);
}
