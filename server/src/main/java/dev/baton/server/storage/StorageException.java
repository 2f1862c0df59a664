package dev.baton.server.storage;

import org.jspecify.annotations.Nullable;

/** The store could not do what it was asked. */
public class StorageException extends RuntimeException {

  private final boolean mayHaveHappened;
  private final boolean isPassing;

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
    this(message, cause, mayHaveHappened, false);
  }

  /**
   * The same.
   *
   * @param isPassing whether it is for want of the store itself, which is expected to come back:
   *     who asked may ask again
   */
  public StorageException(
      String message, @Nullable Throwable cause, boolean mayHaveHappened, boolean isPassing) {
    super(message, cause);
    this.mayHaveHappened = mayHaveHappened;
    this.isPassing = isPassing;
  }

  /** Whether all of it may have happened; if not, nothing of it has. */
  public final boolean mayHaveHappened() {
    return mayHaveHappened;
  }

  /** Whether the store itself could not be reached, and may be before long. */
  public boolean isPassing() {
    return isPassing;
  }
}
