package dev.baton.demo;

/** The demo cannot go on; the message says why. */
final class DemoFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DemoFailedException(String message) {
    super(message);
  }
}
