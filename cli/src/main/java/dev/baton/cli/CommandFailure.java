package dev.baton.cli;

/** What the user is told after {@code Error:}; the exit code is 1. */
public final class CommandFailure extends RuntimeException {

  /** With what to tell. */
  public CommandFailure(String text) {
    super(text);
  }

  /** What to tell. */
  public String text() {
    String text = getMessage();
    return text == null ? "" : text;
  }
}
