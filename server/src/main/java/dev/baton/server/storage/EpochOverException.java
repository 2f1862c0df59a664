package dev.baton.server.storage;

/**
 * Another server owns the store by now, so that this one can neither save nor tell what is true.
 * Nothing of what was asked has happened.
 */
public final class EpochOverException extends StorageException {

  /** What was this server's epoch. */
  public EpochOverException(long epoch) {
    super("another server owns the store since epoch " + epoch + " of this one ended", null);
  }

  @Override
  public boolean isPassing() {
    return true;
  }
}
