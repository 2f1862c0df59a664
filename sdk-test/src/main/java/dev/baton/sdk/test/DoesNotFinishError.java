package dev.baton.sdk.test;

/** A test waits for what does not come about; the message says what waits, and why. */
public final class DoesNotFinishError extends AssertionError {

  private static final long serialVersionUID = 1;

  DoesNotFinishError(String message) {
    super(message);
  }
}
