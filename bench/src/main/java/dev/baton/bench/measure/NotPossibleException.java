package dev.baton.bench.measure;

/** A measure cannot be taken here, or of this server; the message says why. */
public final class NotPossibleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotPossibleException(String reason) {
    super(reason);
  }
}
