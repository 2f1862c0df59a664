package dev.baton.server.storage;

/** The store could not do what it was asked; nothing of it has happened. */
public final class StorageException extends RuntimeException {

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
