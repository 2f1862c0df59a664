package dev.baton.cli;

import dev.baton.protocol.Printable;

/** What the user is told after {@code Error:}; the exit code is 1. */
public final class CommandFailure extends RuntimeException {

  /** The option that shows where an unexpected failure comes from. */
  public static final String DEBUG = "--debug";

  /** With what to tell. */
  public CommandFailure(String text) {
    super(text);
  }

  /** What to tell, as it may be printed. */
  public String text() {
    String text = getMessage();
    return text == null ? "" : Printable.lines(text);
  }

  /** What to tell, on one line, of a failure that nobody has expected. */
  public static String unexpected(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return Printable.of(
        "unexpected: %s%s (%s shows where)"
            .formatted(name, message == null ? "" : ": " + message, DEBUG));
  }
}
