package dev.baton.bench.load;

import org.jspecify.annotations.Nullable;

/** The load could not be produced, or the server answered what it must not. */
public final class LoadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
