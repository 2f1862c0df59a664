package dev.baton.server.config;

/** The configuration is not usable; the message names the key, where it came from and the rule. */
public final class ConfigurationException extends RuntimeException {

  public ConfigurationException(String message) {
    super(message);
  }
}
