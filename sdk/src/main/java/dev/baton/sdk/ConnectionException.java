package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The server could not be reached, or was too busy, for as long as {@link
 * Settings#requestTimeout()}. Whether the request took effect is unknown; every call of this SDK
 * may be repeated under the same id.
 */
public final class ConnectionException extends ResonateException {

  /** With the last thing that went wrong. */
  public ConnectionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
