package dev.baton.server.storage;

import org.jspecify.annotations.Nullable;

/** The store could not do what it was asked. */
public final class StorageException extends RuntimeException {

  private final boolean mayHaveHappened;

  /** Nothing of it has happened. */
  public StorageException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  /**
   * Says what could not be done.
   *
   * @param mayHaveHappened whether all of it may have happened nevertheless: it failed at the very
   *     end
   */
  public StorageException(String message, @Nullable Throwable cause, boolean mayHaveHappened) {
    super(message, cause);
    this.mayHaveHappened = mayHaveHappened;
  }

  /** Whether all of it may have happened; if not, nothing of it has. */
  public boolean mayHaveHappened() {
    return mayHaveHappened;
  }
}
