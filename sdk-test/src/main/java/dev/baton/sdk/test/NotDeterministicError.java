package dev.baton.sdk.test;

/**
 * A function does not do the same when it is run again with the same outcomes of its steps; the
 * message says where that shows first.
 */
public final class NotDeterministicError extends AssertionError {

  private static final long serialVersionUID = 1;

  NotDeterministicError(String message) {
    super(message);
  }
}
