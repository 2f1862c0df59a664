package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * Something failed that a caller may handle: the base of every exception of this SDK that is meant
 * to be caught. The subclasses say which layer failed.
 */
public class ResonateException extends RuntimeException {

  /** With what was being done. */
  public ResonateException(String message) {
    super(message);
  }

  /** With what was being done and what came in between. */
  public ResonateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
